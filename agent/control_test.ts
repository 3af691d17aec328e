import { strict as assert } from "node:assert";
import { Command } from "../shared/grpc/gen/agent_registration.ts";
import { AgentControl } from "./control.ts";

function controlled(written: string[] = []) {
  const seen: string[] = [];
  const control = new AgentControl({
    stopReply: (ids) => ids.some((id) => id !== undefined && written.includes(id)),
    onShutdown: () => seen.push("shutdown"),
    onChange: () => seen.push(control.isPaused ? "paused" : "resumed"),
  });
  const obey = (type: string, parameters: Record<string, string> = {}) =>
    control.obey(Command.fromPartial({ type, parameters }));
  return { control, seen, obey };
}

Deno.test("obey() pauses and resumes, however the word is written, and has each told", () => {
  const { control, seen, obey } = controlled();
  assert.equal(obey("PAUSE"), "paused");
  assert.equal(control.isPaused, true);
  assert.equal(obey("resume"), "resumed");
  assert.deepEqual(seen, ["paused", "resumed"]);
});

Deno.test("reset() has the agent paused no more, and nobody told", () => {
  const { control, seen, obey } = controlled();
  obey("pause");
  control.reset();
  assert.equal(control.isPaused, false);
  assert.deepEqual(seen, ["paused"]);
});

Deno.test("obey() answers a shutdown before the agent ends", async () => {
  const { seen, obey } = controlled();
  assert.equal(obey("shutdown"), "ending");
  assert.deepEqual(seen, []);
  await Promise.resolve();
  assert.deepEqual(seen, ["shutdown"]);
});

Deno.test("obey() stops the reply that is named, and throws not_found for one that is not written", () => {
  const { obey } = controlled(["msg_long"]);
  assert.equal(obey("stop_reply", { in_reply_to_message_id: "msg_long" }), "stopped");
  assert.throws(() => obey("stop_reply", { message_id: "msg_other" }), { code: "not_found" });
});

Deno.test("obey() leaves what is about something else", () => {
  assert.equal(controlled().obey("shell"), undefined);
});
