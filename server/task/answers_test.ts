import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { openStore } from "../../shared/store/open.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { asked } from "../../shared/task/testing/record.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { Answers } from "./answers.ts";
import { quiet, Rig, SERVER } from "./testing/rig.ts";

const ended = (position: number): KeptTask & { position: number } => ({
  task: asked({ task_id: `task_${position}`, status: "completed" }),
  version: 3,
  serverId: null,
  answerTo: "agent_asks",
  position,
});

/** Answers to tasks of a list, of which a page has two. */
function answering(count: number) {
  const all = Array.from({ length: count }, (_, index) => ended(index + 1));
  const sent: string[] = [];
  const noted: string[] = [];
  const clock = new FakeClock();
  const scene = {
    sent,
    noted,
    clock,
    onAnswer: () => Promise.resolve(),
    read: (after: number) => Promise.resolve(all.filter(({ position }) => position > after).slice(0, 2)),
  };
  const answers = new Answers({
    clock,
    ledger: { answered: (taskId) => Promise.resolve(void noted.push(taskId)) },
    onAnswer: async (_agentId, { task_id }) => {
      await scene.onAnswer();
      sent.push(task_id);
    },
  });
  return { ...scene, scene, answers, ids: all.map(({ task }) => task.task_id) };
}

Deno.test("resume() sends what was left, page by page, and notes each answer once it has arrived", async () => {
  const { answers, scene, sent, noted, ids } = answering(5);
  using _answers = answers;
  await answers.resume(scene.read);
  assert.deepEqual(sent, ids);
  assert.deepEqual(noted, ids);
});

Deno.test("resume() goes on after the page that it had when the store could not be read", async () => {
  const { answers, scene, sent, ids } = answering(5);
  using _answers = answers;
  const failing = (after: number) =>
    after === 2 ? Promise.reject(new ParleyError("unavailable", "The store is away.")) : scene.read(after);
  await assert.rejects(answers.resume(failing), /away/);
  await answers.resume(scene.read);
  assert.deepEqual(sent, ids);
});

Deno.test("an answer that does not arrive keeps no page waiting, and is sent again later", async () => {
  const { answers, scene, sent, noted, clock, ids } = answering(3);
  using _answers = answers;
  scene.onAnswer = () => Promise.reject(new ParleyError("unavailable", "The bus is away."));
  await answers.resume(scene.read);
  assert.deepEqual([sent, noted], [[], []]);
  scene.onAnswer = () => Promise.resolve();
  clock.advance(5_000);
  await quiet(3);
  assert.deepEqual(noted, ids);
});

Deno.test("nothing is read nor sent once answering has ended", async () => {
  const { answers, scene, sent } = answering(3);
  answers[Symbol.dispose]();
  await answers.resume(scene.read);
  assert.deepEqual(sent, []);
});

Deno.test("a server that starts answers all that the one before has left, however many", async () => {
  await using store = await openStore("sqlite::memory:");
  const left = Array.from({ length: 1_203 }, (_, index) => ended(index));
  await store.tasks.add(SERVER, left.map(({ position: _, ...kept }) => kept));
  await using rig = await Rig.open({ store });
  const isDone = async () => (await store.tasks.unanswered(SERVER, 0)).length === 0;
  for (let turn = 0; turn < 5_000 && !await isDone(); turn++) await quiet(1);
  assert.equal(rig.answers.length, left.length);
  assert.equal(new Set(rig.answers.map(([, { task_id }]) => task_id)).size, left.length);
});
