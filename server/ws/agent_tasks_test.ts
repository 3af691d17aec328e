/** Tasks on sockets, as plain agents that work on them meet them. */
import assert from "node:assert/strict";
import { FakeClock } from "../presence/fake_clock.ts";
import type { Client } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { answerTo, CARVE, request, settled, task, told, worker } from "./testing/tasks.ts";

Deno.test("a plain agent never has more than it takes at once, and gets the next when one has ended", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  for (let index = 0; index < 5; index++) {
    await request(ada, { ...CARVE, task_id: `task_${index}` });
  }
  const given = () => agent.frames.filter(({ message_type }) => message_type === "TASK_REQUEST");
  for (let ended = 0; ended < 5; ended++) {
    const { task_id } = await agent.type("TASK_REQUEST");
    await settled(agent);
    assert.ok(given().length <= ended + 2, `${given().length} given, ${ended} ended`);
    const word = { message_type: "TASK_RESPONSE", task_id, status: "completed", request_id: `r${ended}` };
    assert.equal(task(await answerTo(agent, word)).status, "completed");
  }
  assert.equal(given().length, 5);
});

Deno.test("a plain agent that is gone loses its task to another at once", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const agent = await worker(hub);
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await using other = await worker(hub, { agent_id: "agent_other" });
  await agent[Symbol.asyncDispose]();
  assert.partialDeepStrictEqual(await other.type("TASK_REQUEST"), { task_id, attempt: 2 });
  const { attempts } = task(await told(ada, ({ attempt }) => attempt === 2));
  assert.deepEqual(attempts.map(({ agent_id, outcome }) => [agent_id, outcome]), [["agent_w", "lost"], [
    "agent_other",
    null,
  ]]);
  const late = { message_type: "TASK_RESPONSE", task_id, attempt: 1, status: "completed" };
  await using back = await worker(hub);
  assert.equal((await back.ask(late, "ERROR")).code, "conflict");
});

Deno.test("a plain agent that is online and says nothing for AGENT_DEFAULT_TIMEOUT loses its task to another", async () => {
  const clock = new FakeClock(Date.now());
  await using hub = await Hub.open({
    clock,
    env: { AGENT_DEFAULT_TIMEOUT: "60", AGENT_INACTIVITY_TIMEOUT: "600" },
  });
  await using ada = await hub.frontend();
  await using agent = await worker(hub);
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await using other = await worker(hub, { agent_id: "agent_other" });
  clock.advance(40_000);
  agent.send({ message_type: "TASK_RESPONSE", task_id, status: "in_progress", progress: 0.1 });
  await told(ada, ({ progress }) => progress === 0.1);
  clock.advance(40_000);
  await settled(other);
  assert.ok(
    other.frames.every(({ message_type }) => message_type !== "TASK_REQUEST"),
    "progress extends the lease",
  );
  clock.advance(21_000);
  await told(ada, ({ attempts }) => attempts[0]?.outcome === "lost");
  assert.partialDeepStrictEqual(await other.type("TASK_REQUEST"), { task_id, attempt: 2 });
  assert.partialDeepStrictEqual(await agent.type("STOP_TASK"), { task_id, attempt: 1 });
});

Deno.test("an error report and a completion that name an agent's own task end it; others are messages", async () => {
  await using hub = await Hub.open();
  await using agent = await worker(hub);
  await using ada = await hub.frontend();
  const one = (await request(ada, { ...CARVE, max_retries: 0 })).task_id;
  await agent.type("TASK_REQUEST");
  agent.send({ message_type: "ERROR_REPORT", content: { task_id: one, error_message: "no chisel" } });
  assert.equal(task(await told(ada, ({ status }) => status === "failed")).error, "no chisel");
  const two = (await request(ada, CARVE)).task_id;
  await agent.type("TASK_REQUEST");
  agent.send({ message_type: "COMPLETION", task_id: two, result: 5 });
  assert.equal(task(await told(ada, ({ status }) => status === "completed")).result, 5);
  const receiver_id = ada.registration.frontend_id;
  agent.send({ message_type: "COMPLETION", receiver_id, text_payload: "all is done" });
  assert.equal((await ada.type("COMPLETION")).text_payload, "all is done");
});

Deno.test("what is wrong with what an agent says of a task is told with what names it", async (t) => {
  await using hub = await Hub.open({ env: { MAX_MESSAGE_BYTES: "4000000" } });
  await using agent = await worker(hub);
  await using other = await hub.agent({ agent_id: "agent_o", capabilities: [] });
  await using ada = await hub.frontend();
  const { task_id } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  const { task_id: cancelled } = await request(ada, CARVE);
  await agent.type("TASK_REQUEST");
  await ada.ask({ message_type: "CANCEL_TASK", task_id: cancelled }, "CANCEL_TASK");
  const word = { message_type: "TASK_RESPONSE", task_id };
  const CASES: [what: string, client: Client, frame: object, code: string][] = [
    ["a progress of 7", agent, { ...word, status: "in_progress", progress: 7 }, "invalid_message"],
    ["a status that is none", agent, { ...word, status: "perhaps" }, "invalid_message"],
    ["the result of another agent's task", other, { ...word, status: "completed", result: 1 }, "forbidden"],
    [
      "progress of another agent's task",
      other,
      { ...word, status: "in_progress", progress: 0.5 },
      "forbidden",
    ],
    ["an attempt that there never was", agent, { ...word, attempt: 9, status: "completed" }, "forbidden"],
    ["a result after cancellation", agent, { ...word, task_id: cancelled, status: "completed" }, "conflict"],
    ["a task that nobody knows", agent, { ...word, task_id: "task_none", status: "completed" }, "not_found"],
    ["what no task can be called", agent, { ...word, task_id: "a\0b", status: "completed" }, "not_found"],
    [
      "a result over 1 MiB",
      agent,
      { ...word, status: "completed", result: "x".repeat(1_048_600) },
      "too_large",
    ],
  ];
  for (const [what, client, frame, code] of CASES) {
    await t.step(`${what} is answered with ${code}`, async () => {
      const error = await client.ask({ ...frame, message_id: "msg_x" }, "ERROR");
      assert.deepEqual([error.code, error.in_reply_to_message_id], [code, "msg_x"], error.text_payload);
    });
  }
  const { status, code } = task(await told(ada, ({ status }) => status === "failed"));
  assert.deepEqual([status, code], ["failed", "too_large"], "what cannot be kept is no result");
});
