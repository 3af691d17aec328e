/** What an agent of the library says of its tasks, from its zod schema to `GET /api/task-types`, and what it makes of parameters. */
import { strict as assert } from "node:assert";
import * as z from "zod";
import { Agent } from "../../agent/mod.ts";
import type { TakenTaskType } from "../../server/task/task_types.ts";
import { Hub } from "../../server/testing/hub.ts";

const parameters = z.object({
  size: z.object({ width: z.int().min(1) }),
  format: z.enum(["png", "webp"]).default("webp"),
});

/** How long a test waits for what must come: only what is broken lets it pass. */
const patience = () => AbortSignal.timeout(60_000);

/** A server with an agent that resizes. */
async function resizing() {
  await using resources = new AsyncDisposableStack();
  const hub = resources.use(await Hub.open());
  const agent = resources.use(
    new Agent({ name: "Ada", id: "agent_ada", server: `127.0.0.1:${hub.server.grpcPort}` }),
  );
  let calls = 0;
  agent.onTask("resize", { description: "Resizes it.", parameters }, ({ parameters: { size, format } }) => {
    calls++;
    return `${size.width}.${format}`;
  });
  await agent.start();
  const types = async (): Promise<TakenTaskType[]> =>
    (await (await fetch(`${hub.http}/api/task-types`)).json()).items;
  const owned = resources.move();
  return { hub, agent, types, calls: () => calls, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("what a task takes is shown with who takes it, also after that agent has left, and in no list of agents", async () => {
  await using scene = await resizing();
  const [resize, ...more] = await scene.types();
  const { type, properties, required } = resize?.parameters_schema as Record<string, unknown>;
  assert.deepEqual([type, Object.keys(properties!), required], ["object", ["size", "format"], ["size"]]);
  const ada = { agent_id: "agent_ada", agent_name: "Ada" };
  assert.partialDeepStrictEqual(resize, {
    task_type: "resize",
    description: "Resizes it.",
    agents: [{ ...ada, is_online: true }],
  });
  assert.deepEqual(more, []);
  const shown = await (await fetch(`${scene.hub.http}/api/agents/agent_ada`)).json();
  assert.deepEqual(shown.attributes, { "task_description.resize": "Resizes it.", task_types: "resize" });
  await scene.agent.stop();
  const [gone] = await scene.types();
  assert.deepEqual(gone, { ...resize, agents: [{ ...ada, is_online: false }] });
});

Deno.test("parameters that fit come to the handler as the schema makes them", async () => {
  await using scene = await resizing();
  const taskId = await scene.agent.tasks.submit({
    task_type: "resize",
    parameters: { size: { width: 40 }, more: 1 },
  });
  assert.equal(await scene.agent.tasks.result(taskId, patience()), "40.webp");
});

Deno.test("parameters that do not fit fail the task at once, saying which field, and never come to the handler", async () => {
  await using scene = await resizing();
  const { tasks } = scene.agent;
  const taskId = await tasks.submit({
    task_type: "resize",
    parameters: { size: { width: 0 } },
    max_retries: 3,
  });
  await assert.rejects(tasks.result(taskId, patience()), {
    code: "invalid_message",
    message: /parameters\.size\.width/,
  });
  const { status, attempt } = await tasks.get(taskId);
  assert.deepEqual([status, attempt, scene.calls()], ["failed", 1, 0]);
});
