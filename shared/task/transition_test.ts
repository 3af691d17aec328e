import { strict as assert } from "node:assert";
import fc from "../testing/property.ts";
import type { ErrorCode } from "../error.ts";
import { isTaskEnded, type TaskRecord } from "../model/task.ts";
import { after, asked, AT_MS, NOW } from "./testing/record.ts";
import { decide, isHeld, MOST_LOST, type Speaker, type TaskEvent } from "./transition.ts";

const ADA: Speaker = { agentId: "agent_ada", attempt: 1 };
const BOB: Speaker = { agentId: "agent_bob", attempt: 2 };
const TO_ADA: TaskEvent = { kind: "assigned", agentId: "agent_ada" };
const TO_BOB: TaskEvent = { kind: "assigned", agentId: "agent_bob" };
const STARTED: TaskEvent = { kind: "started", by: ADA };
const HALF: TaskEvent = { kind: "progressed", by: ADA, progress: 0.5, note: "half", partial: [1] };
const DONE: TaskEvent = { kind: "completed", by: ADA, result: { pages: 3 } };
const BROKE: TaskEvent = { kind: "failed", by: ADA, error: "It broke.", code: "internal" };
const LOST: TaskEvent = { kind: "agent_lost", reason: "Ada is gone." };
const OVERDUE: TaskEvent = { kind: "overdue" };
const TOO_LATE: TaskEvent = { kind: "deadline_passed" };
const CANCEL: TaskEvent = { kind: "cancelled", by: "web_ada" };
const RETRY: TaskEvent = { kind: "retried" };

const LATER = new Date(NOW.nowMs).toISOString();
const PENDING = asked();
const ASSIGNED = after(PENDING, TO_ADA);
const RUNNING = after(ASSIGNED, STARTED);
const HALFWAY = after(RUNNING, HALF);
const COMPLETED = after(RUNNING, DONE);
const BROKEN = after(RUNNING, BROKE);
const DEAD = after(BROKEN, TO_BOB, { ...BROKE, by: BOB });
const ORPHAN = after(RUNNING, LOST);
const WITH_BOB = after(ORPHAN, TO_BOB);
const CANCELLED = after(RUNNING, CANCEL);
const SHORT = after(asked({ timeout_s: 5 }), TO_ADA);
const EXPIRED = after(asked({ deadline: LATER }), TO_ADA, TOO_LATE);

type Expected = Omit<Partial<TaskRecord>, "attempts"> & {
  attempts?: Partial<TaskRecord["attempts"][number]>[];
};

const ALLOWED: [what: string, task: TaskRecord, event: TaskEvent, expected: Expected][] = [
  ["one that waits is assigned", PENDING, TO_ADA, {
    status: "assigned",
    agent_id: "agent_ada",
    attempt: 1,
    attempts: [{ attempt: 1, agent_id: "agent_ada", started_at: LATER, ended_at: null, outcome: null }],
  }],
  ["its agent begins", ASSIGNED, STARTED, { status: "in_progress", updated_at: LATER }],
  ["its agent says how far it is", RUNNING, HALF, {
    status: "in_progress",
    progress: 0.5,
    progress_note: "half",
    result: [1],
  }],
  ["a progress without anything changes nothing else", HALFWAY, { kind: "progressed", by: ADA }, {
    progress: 0.5,
    progress_note: "half",
    result: [1],
  }],
  ["its agent has done it", HALFWAY, DONE, {
    status: "completed",
    progress: 1,
    result: { pages: 3 },
    error: null,
    ended_at: LATER,
    attempts: [{ attempt: 1, outcome: "completed", ended_at: LATER, error: null }],
  }],
  ["the current assignee speaks without saying which attempt", RUNNING, {
    ...DONE,
    by: { agentId: "agent_ada" },
  } as TaskEvent, { status: "completed" }],
  ["its first attempt fails", RUNNING, BROKE, {
    status: "pending",
    agent_id: null,
    error: "It broke.",
    not_before: new Date(NOW.nowMs + 10_000).toISOString(),
    attempts: [{ outcome: "failed", error: "It broke." }],
  }],
  ["its last attempt fails", after(BROKEN, TO_BOB), { ...BROKE, by: BOB } as TaskEvent, {
    status: "failed",
    error: "It broke.",
    code: "internal",
    ended_at: LATER,
    attempts: [{ outcome: "failed" }, { outcome: "failed", agent_id: "agent_bob" }],
  }],
  ["it fails as it always would", RUNNING, { ...BROKE, isFinal: true } as TaskEvent, {
    status: "failed",
    attempts: [{ outcome: "failed" }],
  }],
  ["its agent is gone: another gets it at once", RUNNING, LOST, {
    status: "pending",
    agent_id: null,
    not_before: null,
    attempts: [{ outcome: "lost", error: "Ada is gone." }],
  }],
  ["a lost agent costs no attempt", after(ORPHAN, TO_BOB), { ...BROKE, by: BOB } as TaskEvent, {
    status: "pending",
  }],
  ["an agent that was taken for gone has done it, and no other has it", ORPHAN, DONE, {
    status: "completed",
    agent_id: "agent_ada",
    result: { pages: 3 },
    attempts: [{ outcome: "completed", error: null }],
  }],
  ["an attempt takes too long", SHORT, OVERDUE, {
    status: "pending",
    code: "timeout",
    error: "The attempt took longer than 5 s.",
    attempts: [{ outcome: "timed_out" }],
  }],
  ["its deadline passes while it waits", PENDING, TOO_LATE, {
    status: "timed_out",
    code: "timeout",
    attempts: [],
  }],
  ["its deadline passes while an agent has it", RUNNING, TOO_LATE, {
    status: "timed_out",
    attempts: [{ outcome: "timed_out" }],
  }],
  ["it is cancelled while it waits", PENDING, CANCEL, {
    status: "cancelled",
    code: "cancelled",
    attempts: [],
  }],
  ["it is cancelled while an agent has it", RUNNING, CANCEL, {
    status: "cancelled",
    error: "web_ada cancelled it.",
    attempts: [{ outcome: "cancelled" }],
  }],
  ["one that failed is tried again, with all its attempts", DEAD, RETRY, {
    status: "pending",
    agent_id: null,
    error: null,
    code: null,
    ended_at: null,
    attempt: 2,
    forgiven_attempts: 2,
  }],
  ["one that is tried again may fail as often as before", after(DEAD, RETRY, TO_ADA), {
    ...BROKE,
    by: { ...ADA, attempt: 3 },
  } as TaskEvent, { status: "pending", attempt: 3 }],
  ["one is tried again after its deadline, which counts no more", EXPIRED, RETRY, {
    status: "pending",
    deadline: null,
  }],
];

for (const [what, task, event, expected] of ALLOWED) {
  Deno.test(`decide() a task: ${what}`, () => {
    const decision = decide(task, event, NOW);
    assert.ok(!decision.refusal, String(decision.refusal));
    assert.partialDeepStrictEqual(decision.task as Expected, expected);
  });
}

const UNCHANGED: [what: string, task: TaskRecord, event: TaskEvent][] = [
  ["that it has begun is told twice", RUNNING, STARTED],
  ["that it is done is told twice", COMPLETED, DONE],
  ["that it failed is told twice", BROKEN, BROKE],
  ["that it failed is told again while another has it", after(BROKEN, TO_BOB), BROKE],
  ["it is cancelled twice", CANCELLED, CANCEL],
  ["its deadline passes after its end", COMPLETED, TOO_LATE],
  ["its agent is gone after its end", COMPLETED, LOST],
  ["its attempt is over before its time is", ORPHAN, OVERDUE],
];

for (const [what, task, event] of UNCHANGED) {
  Deno.test(`decide() leaves a task as it is when ${what}`, () => {
    assert.deepEqual(decide(task, event, NOW), {});
  });
}

const REFUSED: [what: string, task: TaskRecord, event: TaskEvent, code: ErrorCode, says: RegExp][] = [
  ["it is assigned twice", ASSIGNED, TO_BOB, "conflict", /'assigned' already/],
  ["an older attempt has a result", WITH_BOB, DONE, "conflict", /Attempt 1 .*over; attempt 2 counts/],
  ["an older attempt says how far it is", WITH_BOB, HALF, "conflict", /attempt 2 counts/],
  [
    "another agent has a result",
    RUNNING,
    { ...DONE, by: { agentId: "agent_eve" } } as TaskEvent,
    "forbidden",
    /^agent_eve does not have the task task_\w+/,
  ],
  [
    "another agent has a result of that attempt",
    RUNNING,
    { ...DONE, by: { ...ADA, agentId: "agent_eve" } } as TaskEvent,
    "forbidden",
    /agent_eve/,
  ],
  ["nobody has had it", PENDING, DONE, "forbidden", /as attempt 1/],
  [
    "an attempt to come has a result",
    RUNNING,
    { ...DONE, by: { ...ADA, attempt: 2 } } as TaskEvent,
    "forbidden",
    /as attempt 2/,
  ],
  ["a result comes after it was cancelled", CANCELLED, DONE, "conflict", /'cancelled'/],
  ["a failure comes after the agent was taken for gone", ORPHAN, BROKE, "conflict", /'pending'/],
  ["it fails after it was done", COMPLETED, BROKE, "conflict", /'completed'/],
  [
    "progress is 7",
    RUNNING,
    { kind: "progressed", by: ADA, progress: 7 },
    "invalid_message",
    /'progress': allowed is 0 to 1/,
  ],
  [
    "progress is no number",
    RUNNING,
    { kind: "progressed", by: ADA, progress: NaN },
    "invalid_message",
    /'progress'/,
  ],
  ["it is cancelled after its end", COMPLETED, CANCEL, "conflict", /'completed' already/],
  ["it is retried while it goes on", RUNNING, RETRY, "conflict", /'in_progress'/],
  ["it is retried after it was done", COMPLETED, RETRY, "conflict", /'completed'/],
];

for (const [what, task, event, code, says] of REFUSED) {
  Deno.test(`decide() refuses it when ${what}`, () => {
    const { refusal } = decide(task, event, NOW) as { refusal?: Error & { code: string } };
    assert.equal(refusal?.code, code);
    assert.match(refusal!.message, says);
  });
}

Deno.test("a task whose agents are lost again and again has failed at last", () => {
  let task = asked();
  for (let count = 0; count < MOST_LOST; count++) task = after(task, TO_ADA, LOST);
  assert.equal(task.status, "pending");
  assert.equal(after(task, TO_ADA, LOST).status, "failed");
});

const SPEAKER = fc.record({
  agentId: fc.constantFrom("agent_ada", "agent_bob"),
  attempt: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
});
const EVENT: fc.Arbitrary<TaskEvent> = fc.oneof(
  fc.record({ kind: fc.constant("assigned" as const), agentId: fc.constantFrom("agent_ada", "agent_bob") }),
  fc.record({ kind: fc.constant("started" as const), by: SPEAKER }),
  fc.record({
    kind: fc.constant("progressed" as const),
    by: SPEAKER,
    progress: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant("completed" as const), by: SPEAKER, result: fc.constant("done") }),
  fc.record({ kind: fc.constant("failed" as const), by: SPEAKER, error: fc.constant("broke") }),
  fc.constantFrom(LOST, OVERDUE, TOO_LATE, CANCEL, RETRY),
);

Deno.test("whatever happens to a task, one agent at most has it, and its attempts tell the whole story", () => {
  fc.assert(
    fc.property(fc.array(EVENT, { maxLength: 40 }), (events) => {
      let task = asked({ deadline: new Date(AT_MS + 60_000).toISOString(), max_retries: 2 });
      for (const event of events) {
        const before = structuredClone(task);
        const decision = decide(task, event, NOW);
        assert.deepEqual(task, before, "the task that was given is not changed");
        task = decision.refusal ? task : decision.task ?? task;
        const open = task.attempts.filter(({ outcome }) => outcome === null);
        assert.equal(open.length, isHeld(task) ? 1 : 0);
        assert.deepEqual(
          task.attempts.map(({ attempt }) => attempt),
          task.attempts.map((_, index) => index + 1),
        );
        assert.equal(task.attempt, task.attempts.length);
        assert.equal(task.ended_at !== null, isTaskEnded(task.status));
        if (isHeld(task)) assert.equal(task.agent_id, task.attempts.at(-1)?.agent_id);
        if (task.status === "completed") assert.equal(task.attempts.at(-1)?.outcome, "completed");
        if (before.status === "completed") assert.equal(task.status, "completed");
      }
    }),
    { numRuns: 500 },
  );
});
