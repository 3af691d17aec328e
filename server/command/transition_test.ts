import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import type { ErrorCode } from "../../shared/error.ts";
import { type CommandRecord, isEnded } from "../../shared/model/command.ts";
import { outcomeOf } from "./outcome.ts";
import { after, AT_MS, LATER, NEEDED, SUCCESS, waiting } from "./testing/record.ts";
import { type CommandEvent, decide, isDecided } from "./transition.ts";

const SENT: CommandEvent = { kind: "sent" };
const STARTED: CommandEvent = { kind: "started", description: "df -h" };
const RESULT: CommandEvent = { kind: "result", outcome: outcomeOf(SUCCESS) };
const FAILED: CommandEvent = {
  kind: "result",
  outcome: outcomeOf({ ...SUCCESS, success: false, exit_code: 3, error_message: "It broke." }),
};
const CANCEL: CommandEvent = { kind: "cancel_asked", by: "web_ada" };
const OVERDUE: CommandEvent = { kind: "overdue" };
const LOST: CommandEvent = { kind: "agent_lost" };
const FORGOT: CommandEvent = { kind: "agent_forgot" };
const CAME_BACK: CommandEvent = { kind: "server_came_back" };
const NOT_SENT: CommandEvent = { kind: "not_sent" };
const APPROVED: CommandEvent = { kind: "approved", digest: "d1" };
const HAS: CommandEvent = { kind: "agent_has" };
const UNFIT: CommandEvent = { kind: "approval_unfit", sentence: "It is too long." };
const REFUSED_IT: CommandEvent = {
  kind: "result",
  outcome: outcomeOf({ ...SUCCESS, success: false, exit_code: 0, status: "cancelled", code: "forbidden" }),
};
const DENIED: CommandEvent = { kind: "denied", digest: "d1", by: "web_ada" };

const ASKED = waiting();
const NOW_OR_NEVER = waiting({ if_offline: "error" });
const RUNNING = after(ASKED, SENT);
const BEGUN = after(ASKED, SENT, STARTED);
const ASKS = after(ASKED, SENT, NEEDED);
const DONE = after(RUNNING, RESULT);
const LOST_ONE = after(RUNNING, LOST);
const TIMED_OUT = after(RUNNING, OVERDUE);
const FORGOTTEN = after(BEGUN, FORGOT);
const REFUSED_ONE = after(ASKS, DENIED);
const CANCELLING = after(RUNNING, CANCEL);

/** What is expected of the command, and in which way its agent is told. */
type Expected = Partial<CommandRecord> & { told?: object };

const ALLOWED: [what: string, command: CommandRecord, event: CommandEvent, expected: Expected][] = [
  ["one that waits is sent", ASKED, SENT, { status: "running", sent_at: LATER, told: { run: true } }],
  ["one that could not be sent waits on", RUNNING, NOT_SENT, { status: "waiting", sent_at: null }],
  ["one that could not be sent and must not wait fails", after(NOW_OR_NEVER, SENT), NOT_SENT, {
    status: "failed",
    code: "agent_offline",
    sent_at: null,
  }],
  ["one begins", RUNNING, STARTED, { status: "running", started_at: LATER, description: "df -h" }],
  ["one that has begun is said to begin again", BEGUN, STARTED, { started_at: BEGUN.started_at }],
  ["one needs an approval", RUNNING, NEEDED, {
    status: "awaiting_approval",
    approval: { digest: "d1", description: "df -h", expires_at: "2026-01-01T00:01:01.000Z" },
  }],
  ["it is approved", ASKS, APPROVED, {
    status: "running",
    approval: null,
    sent_at: LATER,
    told: { approved: "d1" },
  }],
  ["it is denied", ASKS, DENIED, {
    status: "cancelled",
    code: "forbidden",
    approval: null,
    told: { denied: "d1" },
  }],
  ["one that waits is cancelled", ASKED, CANCEL, { status: "cancelled", code: "cancelled", ended_at: LATER }],
  ["one that runs is cancelled", RUNNING, CANCEL, {
    status: "running",
    cancel_asked_at: LATER,
    cancel_asked_by: "web_ada",
    told: { cancel: true },
  }],
  ["it is cancelled again", CANCELLING, { ...CANCEL, by: "web_eve" }, {
    cancel_asked_at: CANCELLING.cancel_asked_at,
    cancel_asked_by: "web_ada",
    told: { cancel: true },
  }],
  ["one whose agent is lost is cancelled, for when it is back", LOST_ONE, CANCEL, {
    status: "failed",
    is_supposed: true,
    cancel_asked_at: LATER,
    told: { cancel: true },
  }],
  ["it asks for what cannot be shown", RUNNING, UNFIT, {
    status: "failed",
    code: "invalid_message",
    is_supposed: false,
    error_message: "It is too long. It did not run.",
    told: { cancel: true },
  }],
  ["one that waits for a person is cancelled", ASKS, CANCEL, {
    status: "awaiting_approval",
    told: { cancel: true },
  }],
  ["it succeeds", BEGUN, RESULT, { status: "succeeded", exit_code: 0, output: "done", ended_at: LATER }],
  ["it fails", BEGUN, FAILED, { status: "failed", exit_code: 3, code: null, error_message: "It broke." }],
  ["it ends without having begun", ASKS, FAILED, { status: "failed", approval: null }],
  ["nobody came for it", ASKED, OVERDUE, { status: "failed", code: "agent_offline" }],
  ["nobody approved it", ASKS, OVERDUE, { status: "failed", code: "timeout", told: { cancel: true } }],
  ["no result came", RUNNING, OVERDUE, { status: "timed_out", code: "timeout", told: { cancel: true } }],
  ["its agent is lost", RUNNING, LOST, { status: "failed", code: "agent_offline" }],
  ["its agent came back without it", BEGUN, FORGOT, { status: "failed", code: "unavailable" }],
  ["its agent came back without what waits for a person", ASKS, FORGOT, {
    status: "failed",
    code: "unavailable",
  }],
  ["the server came back before it was sent", NOW_OR_NEVER, CAME_BACK, {
    status: "failed",
    code: "unavailable",
  }],
  ["the server came back, and it may wait", ASKED, CAME_BACK, { status: "waiting" }],
  ["the result comes after its agent was lost", LOST_ONE, RESULT, {
    status: "succeeded",
    code: null,
    error_message: null,
  }],
  ["the result comes after its time", TIMED_OUT, RESULT, {
    status: "succeeded",
    code: null,
    is_supposed: false,
  }],
  ["its agent, taken for lost, still has it", LOST_ONE, HAS, {
    status: "running",
    code: null,
    error_message: null,
    is_supposed: false,
    ended_at: null,
  }],
  ["its agent still has it after all", FORGOTTEN, HAS, { status: "running", started_at: BEGUN.started_at }],
  ["its agent still has what was cancelled meanwhile", after(LOST_ONE, CANCEL), HAS, {
    status: "running",
    cancel_asked_by: "web_ada",
    told: { cancel: true },
  }],
  ["its agent has what is to be cancelled", CANCELLING, HAS, { status: "running", told: { cancel: true } }],
  ["its agent has it, as is known", BEGUN, HAS, { status: "running" }],
  ["its agent still has what timed out", TIMED_OUT, HAS, {
    status: "timed_out",
    is_supposed: true,
    told: { cancel: true },
  }],
  ["its agent still has what nobody approved", after(ASKS, OVERDUE), HAS, {
    status: "failed",
    told: { cancel: true },
  }],
  ["its agent still has what was denied", REFUSED_ONE, HAS, { status: "cancelled", told: { cancel: true } }],
  ["what was denied did not run, as its agent says, too", REFUSED_ONE, REFUSED_IT, {
    status: "cancelled",
    code: "forbidden",
    error_message: "It was denied by web_ada, and did not run.",
    ended_at: REFUSED_ONE.ended_at,
    execution_time_ms: 12,
  }],
  ["its agent ran what was denied: that is noted, and the denial stays", REFUSED_ONE, RESULT, {
    status: "cancelled",
    code: "forbidden",
    output: "",
    exit_code: null,
    error_message: "It was denied by web_ada, and did not run. Its agent says otherwise: " +
      "it ran and ended as 'succeeded' with exit code 0.",
  }],
];

const REFUSED: [what: string, command: CommandRecord, event: CommandEvent, code: ErrorCode][] = [
  ["a result of what was never sent", ASKED, RESULT, "not_found"],
  ["a result of what was cancelled before it was sent", after(ASKED, CANCEL), RESULT, "not_found"],
  ["a second result", DONE, RESULT, "conflict"],
  ["a second result after a late one", after(LOST_ONE, RESULT), FAILED, "conflict"],
  ["a second result of what was denied", after(REFUSED_ONE, REFUSED_IT), RESULT, "conflict"],
  ["cancelling what was denied", REFUSED_ONE, CANCEL, "conflict"],
  ["cancelling what its agent does not have", FORGOTTEN, CANCEL, "conflict"],
  ["an agent that has what it told the result of", DONE, HAS, "conflict"],
  ["an agent that has what was never sent", ASKED, HAS, "conflict"],
  ["approving without saying what", ASKS, { kind: "approved" }, "invalid_message"],
  ["approving what is being cancelled", after(ASKS, CANCEL), APPROVED, "conflict"],
  ["sending twice", RUNNING, SENT, "conflict"],
  ["sending after the server came back", after(NOW_OR_NEVER, CAME_BACK), SENT, "conflict"],
  ["cancelling what has ended", DONE, CANCEL, "conflict"],
  ["approving what needs none", RUNNING, APPROVED, "conflict"],
  ["approving twice", after(ASKS, APPROVED), APPROVED, "conflict"],
  ["approving what was denied", after(ASKS, DENIED), APPROVED, "conflict"],
  ["approving something else", ASKS, { kind: "approved", digest: "d2" }, "conflict"],
  ["denying something else", ASKS, { kind: "denied", digest: "d2", by: "web_ada" }, "conflict"],
  [
    "approving too late",
    { ...ASKS, approval: { ...ASKS.approval!, expires_at: LATER } },
    APPROVED,
    "conflict",
  ],
  ["an approval for what has begun", BEGUN, NEEDED, "conflict"],
  ["a start after the end", DONE, STARTED, "conflict"],
  ["losing the agent of what waits", ASKED, LOST, "conflict"],
  ["losing the agent of what has ended", DONE, LOST, "conflict"],
  ["an agent that forgot what it was never sent", ASKED, FORGOT, "conflict"],
];

for (const [what, command, event, { told, ...expected }] of ALLOWED) {
  Deno.test(`decide(): ${what}`, () => {
    const decision = decide(command, event, AT_MS + 1_000);
    assert.ok(!decision.refusal);
    assert.partialDeepStrictEqual({ ...command, ...decision.change }, expected);
    assert.deepEqual(decision.tell, told);
  });
}

for (const [what, command, event, code] of REFUSED) {
  Deno.test(`decide() refuses ${what}`, () => {
    assert.equal(decide(command, event, AT_MS + 1_000).refusal?.code, code);
  });
}

Deno.test("what ends without its agent's word says whether it is known that it ran", () => {
  const said = (...events: CommandEvent[]) => after(ASKED, ...events).error_message ?? "";
  for (const end of [LOST, OVERDUE, FORGOT]) {
    assert.match(said(SENT, end), /not known whether it ran/);
    assert.match(said(SENT, STARTED, end), /had begun/);
    assert.equal(after(ASKED, SENT, end).is_supposed, true);
  }
  for (const ended of [said(OVERDUE), said(SENT, NEEDED, OVERDUE), said(SENT, NEEDED, FORGOT)]) {
    assert.match(ended, /did not run/);
  }
});

Deno.test("whatever happens in whichever order, nothing is sent twice, and an end that is known stays", () => {
  const events = [
    SENT,
    NOT_SENT,
    STARTED,
    NEEDED,
    RESULT,
    FAILED,
    CANCEL,
    OVERDUE,
    LOST,
    FORGOT,
    APPROVED,
    DENIED,
    HAS,
    UNFIT,
    REFUSED_IT,
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...events), { maxLength: 12 }), (happening) => {
    let command = waiting();
    let runs = 0;
    for (const event of happening) {
      const decision = decide(command, event, AT_MS);
      if (decision.refusal) continue;
      if (event.kind === "sent") runs++;
      if (event.kind === "not_sent") runs--;
      if (isEnded(command.status) && decision.change) {
        const isNote = isDecided(command) && decision.change.status === undefined;
        assert.ok(command.is_supposed || (isNote && event.kind === "result"));
      }
      if (command.cancel_asked_at) assert.notEqual(event.kind, "approved");
      command = { ...command, ...decision.change };
      assert.equal(command.ended_at !== null, isEnded(command.status));
      assert.ok(!command.is_supposed || isEnded(command.status));
      assert.ok(runs <= 1);
    }
  }));
});
