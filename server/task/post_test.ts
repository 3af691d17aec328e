/** Tasks by the queues: what peers without a stream or a socket ask for and tell there, against a real server. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { ParleyError } from "../../shared/error.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { openBus } from "../../shared/bus/open.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { timestamp } from "../../shared/model/message.ts";
import { openStore } from "../../shared/store/open.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { Hub } from "../testing/hub.ts";
import { type Json, QueuePeer as Peer } from "./testing/queue_peer.ts";

const REQUEST = { message_type: "TASK_REQUEST", task_type: "carve" };
const tasksOf = async (hub: Hub) =>
  (await (await fetch(`${hub.http}/api/tasks`)).json()).items as TaskRecord[];

Deno.test("a peer asks by the queue, another gets the task in its queue and answers it there, and the first is told", async () => {
  await using hub = await Hub.open();
  await using boss = await Peer.join(hub, "agent_boss");
  await using worker = await Peer.join(hub, "agent_worker", { carve: "true" });
  await boss.send({ ...REQUEST, message_id: "msg_ask", content: { parameters: { a: 1 } } });
  const given = await worker.next();
  assert.partialDeepStrictEqual(given, {
    message_type: "TASK_REQUEST",
    sender_id: "agent_boss",
    parameters: { a: 1 },
    attempt: 1,
  });
  // As the document's worker answers.
  await worker.send({
    message_type: "task_response",
    message_id: `response-${given.message_id}`,
    receiver_id: given.sender_id,
    content: { task_id: given.task_id, status: "completed", result: [1, 2], completion_percentage: 100 },
  });
  assert.partialDeepStrictEqual(await boss.next(), {
    message_type: "TASK_RESPONSE",
    sender_id: "agent_worker",
    receiver_id: "agent_boss",
    in_reply_to_message_id: "msg_ask",
    task_id: given.task_id,
    status: "completed",
    result: [1, 2],
    content: { task_id: given.task_id, status: "completed", result: [1, 2] },
  });
});

Deno.test("a request that comes again, also after a restart of the server, is one task", async () => {
  await using bus = withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 });
  await using store = await openStore("sqlite::memory:");
  for (let start = 0; start < 2; start++) {
    await using hub = await Hub.open({ bus, store });
    await using boss = await Peer.join(hub, "agent_boss");
    await using events = await followed(hub);
    for (let time = 0; time < 2; time++) await boss.send({ ...REQUEST, message_id: "msg_one" });
    await boss.send({ ...REQUEST, message_id: `msg_last${start}`, task_id: `task_last${start}` });
    await events.until(`task_last${start}`);
  }
  await using hub = await Hub.open({ bus, store });
  const tasks = await tasksOf(hub);
  assert.equal(tasks.filter(({ task_id }) => !task_id.startsWith("task_last")).length, 1);
  assert.equal(tasks.length, 3);
});

Deno.test("a failure that is told again in the words of the document fails its own attempt alone", async () => {
  await using hub = await Hub.open();
  await using boss = await Peer.join(hub, "agent_boss");
  await using worker = await Peer.join(hub, "agent_worker", { carve: "true" });
  await boss.send({ ...REQUEST, message_id: "msg_ask", task_id: "task_f" });
  const first = await worker.next();
  const failure = (given: Json) => ({
    message_type: "ERROR_REPORT",
    message_id: `error-${given.message_id}`,
    receiver_id: given.sender_id,
    content: { task_id: given.task_id, error_message: "no chisel" },
  });
  await worker.send(failure(first));
  const second = await worker.next();
  assert.equal(second.attempt, 2);
  await worker.send({ ...failure(first), _replay: 1 });
  await worker.send({
    message_type: "COMPLETION",
    task_id: "task_f",
    in_reply_to_message_id: second.message_id,
    result: 1,
  });
  const answer = await boss.next();
  assert.deepEqual([answer.status, answer.attempt], ["completed", 2]);
});

Deno.test("whoever is named as receiver gets the task, and who takes none gives it back", async () => {
  await using hub = await Hub.open();
  await using boss = await Peer.join(hub, "agent_boss");
  await using named = await Peer.join(hub, "agent_named");
  await using other = await Peer.join(hub, "agent_other", { carve: "true" });
  await boss.send({ ...REQUEST, message_id: "msg_ask", receiver_id: "agent_named" });
  const given = await named.next();
  assert.equal(given.receiver_id, "agent_named");
  await using _busy = await hub.agent({ agent_id: "agent_x" });
  await named.send({
    message_type: "TASK_RESPONSE",
    task_id: given.task_id,
    attempt: given.attempt,
    status: "failed",
    code: "unsupported_type",
    error_message: "not me",
  });
  const again = await Promise.race([named.next(), other.next()]);
  assert.deepEqual([again.task_id, again.attempt], [given.task_id, 2]);
});

Deno.test("what is wrong is told in the sender's queue, and where there is no sender it is a dead letter", async (t) => {
  await using hub = await Hub.open();
  await using boss = await Peer.join(hub, "agent_boss");
  await using worker = await Peer.join(hub, "agent_worker", { carve: "true" });
  await boss.send({ ...REQUEST, message_id: "msg_first", idempotency_key: "k", task_id: "task_a" });
  await worker.next();
  const said = { message_type: "TASK_RESPONSE", task_id: "task_a", status: "completed" };
  const CASES: [what: string, message: Json, code: string, names: RegExp][] = [
    ["no type", { ...REQUEST, task_type: undefined }, "invalid_message", /task_type/],
    ["a deadline that has passed", { ...REQUEST, deadline: timestamp(0) }, "invalid_message", /deadline/],
    [
      "its own parent",
      { ...REQUEST, task_id: "task_o", parent_task_id: "task_o" },
      "invalid_message",
      /parent/,
    ],
    ["an unknown parent", { ...REQUEST, parent_task_id: "task_none" }, "not_found", /parent/],
    ["parameters that are a list", { ...REQUEST, parameters: [1] }, "invalid_message", /parameters/],
    ["another kind's id", { ...REQUEST, task_id: "msg_1" }, "invalid_message", /task_id/],
    ["priority 9 in content", { ...REQUEST, content: { priority: 9 } }, "invalid_message", /priority/],
    ["NUL in the type", { ...REQUEST, task_type: "\0" }, "invalid_message", /task_type/],
    [
      "the key of another task",
      { ...REQUEST, idempotency_key: "k", parameters: { a: 1 } },
      "conflict",
      /idempotency_key/,
    ],
    [
      "parameters over 1 MiB",
      { ...REQUEST, parameters: { a: "x".repeat(1_048_576) } },
      "too_large",
      /parameters/,
    ],
    ["the result of another agent's task", said, "forbidden", /task_a/],
    ["the result of a task that nobody knows", { ...said, task_id: "task_none" }, "not_found", /task_none/],
    ["a progress of 7", { ...said, status: "in_progress", progress: 7 }, "invalid_message", /progress/],
    ["a subscription", { message_type: "SUBSCRIBE_TASKS" }, "unsupported_type", /SUBSCRIBE_TASKS/],
  ];
  for (const [what, message, code, names] of CASES) {
    await t.step(`${what}: ${code}`, async () => {
      const message_id = `msg_${what.replaceAll(/\W/g, "")}`;
      await boss.send({ ...message, message_id });
      if (code === "unsupported_type") return assert.match(await letter(hub, message_id), names);
      const error = await boss.next();
      assert.partialDeepStrictEqual(error, {
        message_type: "ERROR",
        code,
        in_reply_to_message_id: message_id,
      });
      assert.match(String(error.error_details), names);
    });
  }
  await t.step("a sender that nobody knows", async () => {
    await hub.publish({ ...REQUEST, message_id: "msg_nobody", sender_id: "agent_nobody" });
    assert.match(await letter(hub, "msg_nobody"), /agent_nobody/);
  });
  await t.step("an update that only the server tells", async () => {
    await boss.send({ message_type: "TASK_UPDATE", message_id: "msg_forged", receiver_id: "agent_worker" });
    assert.match(await letter(hub, "msg_forged"), /TASK_UPDATE/);
  });
  assert.equal((await tasksOf(hub)).length, 1);
});

Deno.test("what agents tell each other of tasks that the server does not know goes from one to the other", async () => {
  await using hub = await Hub.open();
  await using boss = await Peer.join(hub, "agent_boss");
  await using worker = await Peer.join(hub, "agent_worker");
  const said = { message_type: "TASK_RESPONSE", message_id: "msg_r", task_id: "theirs", status: "completed" };
  await worker.send({ ...said, receiver_id: "agent_boss" });
  assert.partialDeepStrictEqual(await boss.next(), { message_id: "msg_r", sender_id: "agent_worker" });
});

Deno.test("a request is acknowledged only once it is kept", async () => {
  await using store = await openStore("sqlite::memory:");
  let refusals = 2;
  const tasks = Object.create(store.tasks, {
    add: {
      value: (...args: Parameters<typeof store.tasks.add>) =>
        refusals-- > 0 ? Promise.reject(unavailable()) : store.tasks.add(...args),
    },
  });
  await using hub = await Hub.open({ store: Object.create(store, { tasks: { value: tasks } }) });
  await using boss = await Peer.join(hub, "agent_boss");
  await using events = await followed(hub);
  await boss.send({ ...REQUEST, message_id: "msg_kept", task_id: "task_kept" });
  await events.until("task_kept");
  assert.equal(refusals, -1);
  assert.equal((await store.tasks.find(serverPrincipal("server_t"), ["task_kept"])).length, 1);
});

/** Waits until a message is among the dead letters, and gives it as text. */
async function letter(hub: Hub, id: string): Promise<string> {
  for (;;) {
    const { items } = await hub.store.deadLetters.list(serverPrincipal("server_t"), { limit: 100 });
    const found = items.find(({ body }) => JSON.parse(body).message_id === id);
    if (found) return JSON.stringify(found);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Follows all tasks over HTTP. */
async function followed(hub: Hub) {
  const response = await fetch(`${hub.http}/api/task-events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async until(taskId: string) {
      while (!text.includes(`"task_id":"${taskId}"`)) {
        const { value, done } = await reader.read();
        assert.ok(!done);
        text += value;
      }
    },
    [Symbol.asyncDispose]: () => reader.cancel(),
  };
}

function unavailable(): ParleyError {
  return new ParleyError("unavailable", "The store is away.");
}
