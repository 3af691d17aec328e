import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import { type Deadline, deadlineOf } from "./deadline.ts";
import { after, AT_MS, SUCCESS, waiting } from "./testing/record.ts";
import { outcomeOf } from "./outcome.ts";

const RUNNING = after(waiting({ timeout_s: 20 }), { kind: "sent" });
const ASKS = after(RUNNING, { kind: "approval_needed", digest: "d", description: "", expiresInS: 60 });
const DAY_S = 24 * 3_600;

/** Seconds after the command was asked for. */
const CASES: [what: string, command: CommandRecord, goneAfterS: number | undefined, Deadline][] = [
  ["what waits has a day", waiting(), 3, { at: DAY_S, kind: "overdue" }],
  ["what runs has its own time and 10 s", RUNNING, undefined, { at: 1 + 20 + 10, kind: "overdue" }],
  [
    "what has ended has no time",
    after(RUNNING, { kind: "agent_lost" }, { kind: "result", outcome: outcomeOf(SUCCESS) }),
    undefined,
    { at: Infinity, kind: "overdue" },
  ],
  ["a beginning counts", { ...RUNNING, started_at: "2026-01-01T00:00:05.000Z" }, undefined, {
    at: 5 + 20 + 10,
    kind: "overdue",
  }],
  ["what waits for a person has the approval's time and 10 s", ASKS, 0, { at: 1 + 60 + 10, kind: "overdue" }],
  ["an agent that is gone is lost", RUNNING, 2, { at: 2 + 15, kind: "agent_lost" }],
  ["an agent that goes late changes nothing", RUNNING, 25, { at: 31, kind: "overdue" }],
];

for (const [what, command, goneAfterS, { at, kind }] of CASES) {
  Deno.test(`deadlineOf(): ${what}`, () => {
    const goneSinceMs = goneAfterS === undefined ? undefined : AT_MS + goneAfterS * 1_000;
    const deadline = deadlineOf(command, { goneSinceMs, inactivityMs: 15_000 });
    assert.deepEqual(deadline, { at: at === Infinity ? at : AT_MS + at * 1_000, kind });
  });
}
