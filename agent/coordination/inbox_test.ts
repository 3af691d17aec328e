import assert from "node:assert/strict";
import type { Verdict } from "../../shared/bus/bus.ts";
import { PULL_LEASE_MS } from "../../shared/bus/pull.ts";
import { AgentMessage } from "./agent_message.ts";
import { Inbox } from "./inbox.ts";

Deno.test("what is kept back goes back before its lease ends, which would count as an attempt", () => {
  let nowMs = 0;
  const inbox = new Inbox(() => nowMs);
  const verdicts: Verdict[] = [];
  const message = new AgentMessage({ fromAgent: "ada", toAgent: "bob", messageType: "COORDINATION" });
  const settle = (verdict: Verdict) => Promise.resolve(void verdicts.push(verdict));
  const wanted = { types: new Set(["TASK_RESPONSE"]), limit: 10 };
  inbox.sort("bob", [{ message, attempt: 1, settle }], wanted);
  inbox.sort("bob", [], wanted);
  assert.deepEqual([inbox.keptBackFor("bob"), verdicts], [1, []]);
  nowMs = PULL_LEASE_MS - 30_000;
  inbox.sort("bob", [], wanted);
  assert.deepEqual([inbox.keptBackFor("bob"), verdicts], [0, [{ kind: "return" }]]);
});
