/** The library's tasks against the server's real edge: handlers, progress, the signal, subtasks, and an end in order. */
import { strict as assert } from "node:assert";
import { Agent, ParleyError, type Task, type TaskHandler } from "../../agent/mod.ts";
import { startEdge } from "../../server/grpc/testing/edge.ts";

/** How long a test waits for what must come: only what is broken lets it pass. */
const patience = () => AbortSignal.timeout(60_000);

/** An edge with one agent of the library that takes these types. */
async function working(handlers: Record<string, TaskHandler>, maxConcurrent = 4) {
  await using resources = new AsyncDisposableStack();
  const edge = resources.use(await startEdge());
  const agent = new Agent({ name: "Ada", id: "agent_ada", server: edge.address, maxConcurrent });
  for (const [taskType, handler] of Object.entries(handlers)) agent.onTask(taskType, handler);
  resources.use(agent);
  await agent.start();
  const owned = resources.move();
  return { edge, agent, tasks: agent.tasks, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("a handler is given the task, tells of progress, and what it returns is the result", async () => {
  const given = Promise.withResolvers<Task>();
  const go = Promise.withResolvers<void>();
  await using scene = await working({
    sum: async (task) => {
      task.progress(0.5, "half", [1]);
      assert.throws(() => task.progress(7), { code: "invalid_message" });
      given.resolve(task);
      await go.promise;
      return { total: 3 };
    },
  });
  const taskId = await scene.tasks.submit({ task_type: "sum", parameters: { of: [1, 2] }, priority: 2 });
  const { id, attempt, maxAttempts, parameters, priority, requestedBy } = await given.promise;
  assert.deepEqual(
    { id, attempt, maxAttempts, parameters, priority, requestedBy },
    {
      id: taskId,
      attempt: 1,
      maxAttempts: 4,
      parameters: { of: [1, 2] },
      priority: 2,
      requestedBy: "agent_ada",
    },
  );
  for await (const { progress, progress_note, result } of scene.tasks.watch({ taskId }, patience())) {
    if (progress === 0) continue;
    assert.deepEqual([progress, progress_note, result], [0.5, "half", [1]]);
    break;
  }
  go.resolve();
  assert.deepEqual(await scene.tasks.result(taskId, patience()), { total: 3 });
});

Deno.test("cancelling aborts the signal, and what the handler makes then does not count", async () => {
  const aborted = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<void>();
  await using scene = await working({
    wait: async ({ signal }) => {
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      aborted.resolve(signal.reason);
      return "late";
    },
  });
  const taskId = await scene.tasks.submit({ task_type: "wait" });
  await begun.promise;
  await scene.tasks.cancel(taskId);
  assert.equal((await aborted.promise as ParleyError).code, "cancelled");
  await assert.rejects(scene.tasks.result(taskId, patience()), { code: "cancelled" });
});

Deno.test("a task runs a subtask and has its result, or why it has none", async () => {
  await using scene = await working({
    parent: async (task) => {
      const one = await task.run({ task_type: "child", parameters: { number: 1 } });
      const two = await task.run({ task_type: "child", parameters: { number: -1 }, max_retries: 0 })
        .catch((error) => (error as ParleyError).message);
      return [one, two];
    },
    child: ({ parameters: { number }, parentTaskId }) => {
      assert.ok(parentTaskId);
      if (Number(number) < 0) throw new Error("It is below 0.");
      return Number(number) * 2;
    },
  });
  const taskId = await scene.tasks.submit({ task_type: "parent" });
  assert.deepEqual(await scene.tasks.result(taskId, patience()), [2, "Error: It is below 0."]);
  assert.equal((await scene.tasks.list({ parentTaskId: taskId })).items.length, 2);
});

Deno.test("an agent that ends finishes what it has, gives back what it had not begun, and takes no more", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using scene = await working({
    wait: async () => {
      begun.resolve();
      await go.promise;
      return "done";
    },
  }, 1);
  const first = await scene.tasks.submit({ task_type: "wait" });
  const second = await scene.tasks.submit({ task_type: "wait" });
  await begun.promise;
  const stopping = scene.agent.stop();
  go.resolve();
  await stopping;
  const seen = async (taskId: string) => {
    const { status, result } = await scene.edge.tasks.get(
      { kind: "server", id: "s", tenantId: "default" },
      taskId,
    );
    return [status, result];
  };
  assert.deepEqual(await seen(first), ["completed", "done"]);
  assert.deepEqual(await seen(second), ["pending", null]);
});
