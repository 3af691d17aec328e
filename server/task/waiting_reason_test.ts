import { strict as assert } from "node:assert";
import type { TaskRecord } from "../../shared/model/task.ts";
import { asked } from "../../shared/task/testing/record.ts";
import { quiet, Rig } from "./testing/rig.ts";
import { type Surroundings, waitingReason } from "./waiting_reason.ts";

const NOW_MS = Date.parse("2026-01-01T00:00:00.000Z");
const BUSY = "All agents that can do it are busy.";

const alone: Surroundings = {
  nowMs: NOW_MS,
  isAnybodyAble: () => false,
  isAboutToBegin: () => false,
  known: () => [{ agent_id: "agent_1", capabilities: ["stone"], is_online: false }],
};
const able = { isAnybodyAble: () => true };

const CASES: [
  what: string,
  task: Partial<TaskRecord>,
  around: Partial<Surroundings>,
  reason: string | null,
][] = [
  ["somebody has it", { status: "assigned" }, able, null],
  ["it has ended", { status: "failed" }, {}, null],
  [
    "it pauses after an attempt that failed",
    { attempt: 2, not_before: "2026-01-01T00:00:01.000Z" },
    able,
    "Attempt 2 failed; it is tried again at 2026-01-01T00:00:01.000Z.",
  ],
  ["its pause is over", { not_before: "2026-01-01T00:00:00.000Z" }, able, BUSY],
  ["those who could do it have no place", {}, able, BUSY],
  ["it is just being given", {}, { ...able, isAboutToBegin: () => true }, null],
  [
    "nobody is there who takes it",
    { required_capabilities: ["stone"] },
    { isAboutToBegin: () => true },
    "No agent that takes 'report' is online. It starts when one comes.",
  ],
  [
    "nobody ever could do it",
    { required_capabilities: ["stone", "basalt", "slate"] },
    {},
    "No agent that was ever here has the capability 'basalt', 'slate'. It starts when one comes.",
  ],
];

for (const [what, task, around, reason] of CASES) {
  Deno.test(`waitingReason() where ${what}`, () => {
    assert.equal(waitingReason(asked(task), { ...alone, ...around }), reason);
  });
}

Deno.test("a task is not said to wait for busy agents before it is picked, nor while that is being kept", async () => {
  await using rig = await Rig.open();
  rig.arrive("agent_1");
  const reasons: (string | null)[] = [];
  rig.tasks.faultOf = (write, [kept]) => {
    if (write === "change") reasons.push(rig.center.waitingReason({ ...kept!.task, status: "pending" }));
    return undefined;
  };
  const [submission] = await rig.center.submit(
    { kind: "person", id: "web_ada", tenantId: "default" },
    [{ task_type: "report", description: "", parameters: {}, required_capabilities: [], priority: 3 }],
  );
  const { task } = submission!.kept!;
  reasons.push(rig.center.waitingReason(task));
  await rig.heldBy("agent_1", task.task_id);
  assert.deepEqual(reasons, [null, null]);
  const next = await rig.ask();
  await quiet();
  assert.equal(rig.center.waitingReason(await rig.get(next)), BUSY);
});
