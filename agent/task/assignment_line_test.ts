import { strict as assert } from "node:assert";
import { Assignment } from "../../shared/grpc/gen/task.ts";
import { AssignmentLine } from "./assignment_line.ts";

const assignment = (taskId: string, taskType = "sum", attempt = 1) =>
  Assignment.fromPartial({ taskId, taskType, attempt });

function lineOf(...waiting: Assignment[]): AssignmentLine {
  const line = new AssignmentLine({ mostAtOnce: 2, mostOf: (type) => type === "one" ? 1 : Infinity });
  for (const each of waiting) line.add(each);
  return line;
}

/** Takes what there is a place for. */
function takeAll(line: AssignmentLine): string[] {
  const taken: string[] = [];
  for (let next = line.takeReady(); next; next = line.takeReady()) taken.push(next.taskId);
  return taken;
}

Deno.test("takeReady() gives the first come for which there is a place, in all and of its type", () => {
  const line = lineOf(assignment("a", "one"), assignment("b", "one"), assignment("c"), assignment("d"));
  assert.deepEqual(takeAll(line), ["a", "c"]);
  line.leave("sum");
  assert.deepEqual(takeAll(line), ["d"]);
  line.leave("one");
  assert.deepEqual(takeAll(line), ["b"]);
  assert.deepEqual(line.held, []);
});

Deno.test("each attempt waits once; what is removed or cleared does not wait any more, and takes no place", () => {
  const line = lineOf(assignment("a"), assignment("a"), assignment("a", "sum", 2), assignment("b"));
  assert.deepEqual(line.held, [{ taskId: "a", attempt: 1 }, { taskId: "a", attempt: 2 }, {
    taskId: "b",
    attempt: 1,
  }]);
  line.remove({ taskId: "a", attempt: 1 });
  assert.deepEqual([1, 2].map((attempt) => line.has({ taskId: "a", attempt })), [false, true]);
  line.clear();
  assert.deepEqual(takeAll(line), []);
  line.add(assignment("c"));
  assert.deepEqual(takeAll(line), ["c"]);
});
