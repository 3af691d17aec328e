import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import { AGE_MS, Backlog, type Waiting, type Wanted } from "./backlog.ts";

let position = 0;
const waiting = (taskId: string, fields: Partial<Waiting> = {}): Waiting => ({
  taskId,
  taskType: "report",
  capabilities: [],
  priority: 3,
  deadlineMs: Infinity,
  position: ++position,
  sinceMs: 0,
  preferredAgent: null,
  ...fields,
});
const any = () => true;

/** Takes every task in its turn. */
function drain(backlog: Backlog): string[] {
  const ids: string[] = [];
  for (let next = backlog.next(any); next; next = backlog.next(any)) {
    ids.push(next.taskId);
    backlog.remove(next.taskId);
  }
  return ids;
}

function backlogOf(...all: Waiting[]): Backlog {
  const backlog = new Backlog();
  for (const each of all) backlog.add(each);
  return backlog;
}

Deno.test("higher priority comes first, then the earlier deadline, then who came first", () => {
  const backlog = backlogOf(
    waiting("last", { priority: 5 }),
    waiting("first come"),
    waiting("second come"),
    waiting("late deadline", { deadlineMs: 9_000 }),
    waiting("early deadline", { deadlineMs: 5_000 }),
    waiting("critical", { priority: 1, taskType: "other" }),
  );
  const order = ["critical", "early deadline", "late deadline", "first come", "second come", "last"];
  assert.deepEqual(drain(backlog), order);
  assert.equal(backlog.size, 0);
});

Deno.test("only what an agent can do is next for it", () => {
  const backlog = backlogOf(
    waiting("sql", { priority: 1, capabilities: ["sql"] }),
    waiting("plain"),
  );
  assert.equal(backlog.next(({ capabilities }) => capabilities.length === 0)?.taskId, "plain");
  assert.equal(backlog.next(() => false), undefined);
  assert.deepEqual([...backlog.wanted()].map(({ wanted, count }) => [wanted.capabilities, count]), [
    [["sql"], 1],
    [[], 1],
  ]);
});

Deno.test("next() looks at nothing that none of those who are free could do", () => {
  const backlog = backlogOf(
    ...Array.from({ length: 100 }, (_, n) => waiting(`task ${n}`, { taskType: `type ${n}` })),
  );
  const looking = [{
    taskTypes: new Set(["type 7", "type 8"]),
    capabilities: new Set<string>(),
    agentIds: new Set(["a"]),
  }];
  const seen: string[] = [];
  const isFit = ({ taskType }: Wanted) => (seen.push(taskType), true);
  assert.equal(backlog.next(isFit, looking)?.taskId, "task 7");
  assert.deepEqual(seen, ["type 7", "type 8"]);
  backlog.remove("task 7");
  assert.equal(backlog.next(isFit, looking)?.taskId, "task 8");
  backlog.add(waiting("task 7", { taskType: "type 7", priority: 1 }));
  assert.equal(backlog.next(isFit, looking)?.taskId, "task 7");
  assert.equal(backlog.next(isFit, []), undefined);
});

Deno.test("a task at low priority gets its turn by waiting, one step a minute, and keeps it", () => {
  const backlog = backlogOf(waiting("old", { priority: 5 }));
  assert.equal(backlog.age(AGE_MS - 1), AGE_MS);
  const news = (nowMs: number) => backlog.add(waiting(`high ${nowMs}`, { priority: 2, sinceMs: nowMs }));
  for (let minute = 1; minute <= 2; minute++) {
    assert.equal(backlog.age(minute * AGE_MS), (minute + 1) * AGE_MS);
    news(minute * AGE_MS);
    assert.match(backlog.next(any)!.taskId, /^high/);
    backlog.remove(`high ${minute * AGE_MS}`);
  }
  backlog.age(3 * AGE_MS);
  news(3 * AGE_MS);
  assert.equal(backlog.next(any)!.taskId, "old");
});

Deno.test("where many are due at once they are promoted some at a time", () => {
  const backlog = backlogOf(...Array.from({ length: 10 }, (_, n) => waiting(`task ${n}`, { priority: 1 })));
  assert.equal(backlog.age(AGE_MS, 6), AGE_MS);
  assert.equal(backlog.age(AGE_MS, 6), Infinity);
  assert.equal(backlog.size, 10);
});

Deno.test("who has waited longest comes before all with a deadline, however many of those keep coming", () => {
  const backlog = backlogOf(waiting("background", { priority: 5 }));
  for (let second = 0; second < 600; second++) {
    backlog.add(waiting(`critical ${second}`, { priority: 1, deadlineMs: second, sinceMs: second * 1_000 }));
    backlog.age(second * 1_000);
    const next = backlog.next(any)!;
    backlog.remove(next.taskId);
    if (next.taskId === "background") return;
  }
  assert.fail("it never had its turn");
});

Deno.test("a task is added once, and removed once", () => {
  const backlog = backlogOf(waiting("one"));
  backlog.add(waiting("one", { priority: 1 }));
  assert.equal(backlog.size, 1);
  assert.equal(backlog.remove("one"), true);
  assert.equal(backlog.remove("one"), false);
  assert.equal(backlog.has("one"), false);
  backlog.add(waiting("one"));
  assert.deepEqual(drain(backlog), ["one"]);
});

Deno.test("the order is that of a list sorted anew each time, whatever was added, removed and promoted", () => {
  const step = fc.oneof(
    fc.record({
      priority: fc.integer({ min: 1, max: 5 }),
      deadlineMs: fc.constantFrom(1, 2, Infinity),
      taskType: fc.constantFrom("a", "b"),
    }),
    fc.record({ remove: fc.nat(20) }),
    fc.record({ waitMs: fc.integer({ min: 1, max: 2 * AGE_MS }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const backlog = new Backlog();
    const all = new Map<string, Waiting>();
    let nowMs = 0;
    for (const [index, step] of steps.entries()) {
      if ("waitMs" in step) backlog.age(nowMs += step.waitMs);
      else if ("remove" in step) assert.equal(backlog.remove(`${step.remove}`), all.delete(`${step.remove}`));
      else {
        const one = waiting(`${index}`, { ...step, sinceMs: nowMs, position: index });
        all.set(one.taskId, one);
        backlog.add(one);
      }
    }
    const levelOf = (one: Waiting) => Math.max(0, one.priority - Math.floor((nowMs - one.sinceMs) / AGE_MS));
    const sorted = [...all.values()].toSorted((one, other) =>
      levelOf(one) - levelOf(other) ||
      (levelOf(one) === 0 || one.deadlineMs === other.deadlineMs
        ? 0
        : one.deadlineMs < other.deadlineMs
        ? -1
        : 1) ||
      one.position - other.position
    );
    assert.deepEqual(drain(backlog), sorted.map(({ taskId }) => taskId));
  }));
});
