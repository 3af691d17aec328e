/** What a server logs to files, from the first message to the last, and that it goes on where it cannot. */
import assert from "node:assert/strict";
import { createFileLogger, type FileLoggerOptions } from "../../shared/audit/file_logger.ts";
import { type AnyEntry, TestFolder } from "../../shared/audit/testing/folder.ts";
import { QueuePeer } from "../task/testing/queue_peer.ts";
import { Hub } from "../testing/hub.ts";

const TEXT = { message_type: "TEXT", text_payload: "a secret" };

/** Runs `work` with a server that logs, and gives what stands in the files once it has ended. */
async function loggedBy(
  work: (hub: Hub) => Promise<unknown>,
  options: FileLoggerOptions = {},
): Promise<(part: string) => AnyEntry[]> {
  await using folder = await TestFolder.make();
  {
    await using fileLog = createFileLogger(folder.path, options);
    await using hub = await Hub.open({ fileLog });
    await work(hub);
  }
  const [activity, messages, performance, errors] = await Promise.all(
    ["agent_activity", "message_audit", "performance", "errors"].map((part) => folder.entries(part)),
  );
  const found = { activity, messages, performance, errors } as Record<string, AnyEntry[]>;
  return (part) => found[part]!;
}

Deno.test("a server logs who registers and leaves, and each message on its way, without what it says", async () => {
  let agentId = "";
  const read = await loggedBy(async (hub) => {
    {
      await using agent = await hub.agent({ capabilities: ["echo"] });
      agentId = agent.registration.agent_id;
      await using ada = await hub.frontend();
      ada.send({ ...TEXT, message_id: "msg_question1" });
      await ada.answer("msg_question1");
    }
    const history = () => fetch(`${hub.http}/api/agents/${agentId}`).then((response) => response.json());
    while ((await history()).is_online);
  });
  const [registered, offline] = read("activity").filter(({ agent_id }) => agent_id === agentId);
  assert.deepEqual([registered?.event, registered?.data.capabilities], ["registered", ["echo"]]);
  assert.deepEqual([offline?.event, offline?.data.new_status], ["offline", "offline"]);
  const ways = read("messages").filter(({ message_id }) => message_id === "msg_question1");
  assert.deepEqual(ways.map(({ event }) => event), ["sent", "routed", "delivered"]);
  assert.deepEqual([ways[2]?.from_agent?.toString().slice(0, 4), ways[2]?.to_agent], ["web_", agentId]);
  const replies = read("messages").filter(({ message_type }) => message_type === "REPLY");
  assert.deepEqual(replies.map(({ event }) => event), ["sent", "delivered"]);
  const [roundTrip] = read("performance");
  assert.deepEqual([roundTrip?.agent_id, roundTrip?.metric, roundTrip?.unit], [agentId, "round_trip", "ms"]);
  assert.ok(Number(roundTrip?.value) > 0);
  assert.doesNotMatch(JSON.stringify(read("messages")), /secret/);
});

Deno.test("a server logs a message that fails as such, with its error and the reason", async () => {
  const read = await loggedBy(async (hub) => {
    await using ada = await hub.frontend();
    ada.send({ ...TEXT, message_id: "msg_lost1", receiver_id: "agent_nobody" });
    await ada.answer("msg_lost1", "ERROR");
  });
  const failed = read("messages").filter(({ event }) => event === "failed");
  assert.deepEqual(
    failed.map(({ message_id, message_type, to_agent, code }) => [message_id, message_type, to_agent, code]),
    [
      ["msg_lost1", "TEXT", "agent_nobody", "not_found"],
    ],
  );
  const [error] = read("errors");
  assert.deepEqual([error?.agent_id, error?.error_type, error?.data.message_id], [
    "server",
    "not_found",
    "msg_lost1",
  ]);
});

Deno.test("a server logs the messages by which tasks are asked for, given and answered", async () => {
  const read = await loggedBy(async (hub) => {
    await using boss = await QueuePeer.join(hub, "agent_boss");
    await using worker = await QueuePeer.join(hub, "agent_worker", { carve: "true" });
    await boss.send({ message_type: "TASK_REQUEST", message_id: "msg_ask", task_type: "carve" });
    const { task_id } = await worker.next();
    await worker.send({
      message_type: "TASK_RESPONSE",
      message_id: "msg_done",
      task_id,
      status: "completed",
    });
    await boss.next();
  });
  const ways = read("messages").map(({ event, message_type, from_agent, to_agent }) =>
    [event, message_type, from_agent, to_agent].join(" ")
  );
  assert.deepEqual(ways.toSorted(), [
    "received TASK_REQUEST agent_boss ",
    "received TASK_RESPONSE agent_worker ",
    "sent TASK_REQUEST agent_boss agent_worker",
    "sent TASK_RESPONSE agent_worker agent_boss",
  ]);
});

Deno.test("a server logs what messages say where that is asked for", async () => {
  const read = await loggedBy(async (hub) => {
    await using _agent = await hub.agent();
    await using ada = await hub.frontend();
    ada.send({ ...TEXT, message_id: "msg_question1" });
    await ada.answer("msg_question1");
  }, { withBodies: true });
  const [sent] = read("messages").filter(({ event }) => event === "sent");
  assert.equal(sent?.text_payload, "a secret");
});

Deno.test("a server whose log files cannot be written is degraded, ready all the same, and messages go on", async () => {
  const target = {
    prepare: () => Promise.resolve(),
    append: () => Promise.reject(new Error("No space left on device (os error 28)")),
  };
  // It writes when it is told to, not while the first question is asked.
  await using fileLog = createFileLogger("nowhere", { target, flushAfterMs: 1_000_000 });
  await using hub = await Hub.open({ fileLog });
  const ready = async () => {
    const response = await fetch(`${hub.http}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  await using _agent = await hub.agent();
  await using ada = await hub.frontend();
  assert.deepEqual(await ready(), { status: 200, body: { status: "ready", faults: {} } });
  await fileLog.flush();
  const { status, body } = await ready();
  assert.deepEqual([status, body.status, body.faults], [200, "degraded", {}]);
  assert.match(body.limits.file_log, /No space left on device/);
  ada.send({ ...TEXT, message_id: "msg_question1" });
  assert.equal((await ada.answer("msg_question1")).message_type, "REPLY");
});
