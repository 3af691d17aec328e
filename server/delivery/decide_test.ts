import assert from "node:assert/strict";
import type { Message } from "../../shared/model/message.ts";
import { type Action, decide, type Receiver } from "./decide.ts";

const ONLINE: Receiver = { kind: "agent", isOnline: true, isPaused: false, isBehindOthers: false };
const OFFLINE: Receiver = { ...ONLINE, isOnline: false };
const PAUSED: Receiver = { ...ONLINE, isPaused: true };
const BEHIND: Receiver = { ...ONLINE, isBehindOthers: true };
const FRONTEND: Receiver = { kind: "frontend" };
const UNKNOWN: Receiver = { kind: "unknown" };

const CASES: {
  name: string;
  message: Partial<Message>;
  receiver: Receiver;
  kind: Action["kind"];
  code?: string;
}[] = [
  { name: "an agent online gets it", message: {}, receiver: ONLINE, kind: "to_agent" },
  { name: "a frontend gets it", message: { message_type: "REPLY" }, receiver: FRONTEND, kind: "to_frontend" },
  {
    name: "an agent's error gets to the agent",
    message: { message_type: "ERROR" },
    receiver: ONLINE,
    kind: "to_agent",
  },
  { name: "a paused agent's waits", message: {}, receiver: PAUSED, kind: "wait" },
  {
    name: "a paused agent's waits, also with error",
    message: { if_offline: "error" },
    receiver: PAUSED,
    kind: "wait",
  },
  { name: "what comes behind others waits", message: {}, receiver: BEHIND, kind: "wait" },
  { name: "an agent that just went is waited for", message: {}, receiver: OFFLINE, kind: "wait" },
  {
    name: "an agent offline is waited for",
    message: { if_offline: "wait" },
    receiver: OFFLINE,
    kind: "wait",
  },
  {
    name: "an agent offline is an error where that is wanted",
    message: { if_offline: "error" },
    receiver: OFFLINE,
    kind: "error",
    code: "agent_offline",
  },
  {
    name: "another is chosen where that is wanted",
    message: { if_offline: "reroute" },
    receiver: OFFLINE,
    kind: "reroute",
  },
  { name: "nobody is known by the name", message: {}, receiver: UNKNOWN, kind: "error", code: "not_found" },
  {
    name: "an error for nobody goes to the dead letters",
    message: { message_type: "ERROR" },
    receiver: UNKNOWN,
    kind: "reject",
    code: "not_found",
  },
  {
    name: "sixteen agents are enough",
    message: { hops: 16 },
    receiver: ONLINE,
    kind: "error",
    code: "conflict",
  },
  {
    name: "sixteen agents may still answer a person",
    message: { hops: 16 },
    receiver: FRONTEND,
    kind: "to_frontend",
  },
  {
    name: "coordination is a message",
    message: { message_type: "COORDINATION" },
    receiver: ONLINE,
    kind: "to_agent",
  },
  {
    name: "a piece of a reply is passed on",
    message: { message_type: "REPLY_CHUNK" },
    receiver: UNKNOWN,
    kind: "chunk",
  },
  {
    name: "a task is the scheduler's",
    message: { message_type: "TASK_REQUEST" },
    receiver: ONLINE,
    kind: "reject",
    code: "unsupported_type",
  },
  {
    name: "a type that nobody knows is given up",
    message: { message_type: "RIDDLE" },
    receiver: ONLINE,
    kind: "reject",
    code: "unsupported_type",
  },
];

for (const { name, message, receiver, kind, code } of CASES) {
  Deno.test(`decide(): ${name}`, () => {
    const action = decide({ message_type: "TEXT", receiver_id: "agent_a", ...message }, receiver);
    assert.equal(action.kind, kind);
    assert.equal("code" in action ? action.code : undefined, code);
  });
}
