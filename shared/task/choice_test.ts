import { strict as assert } from "node:assert";
import { choose, isAble, type Needs, type Worker } from "./choice.ts";

const worker = (agentId: string, fields: Partial<Worker> = {}): Worker => ({
  agentId,
  taskTypes: undefined,
  capabilities: new Set(["python"]),
  maxConcurrentTasks: 2,
  tasks: 0,
  lastGiven: 0,
  ...fields,
});
const PYTHON: Needs = { taskType: "report", capabilities: ["python"] };
const REPORT: Needs = { taskType: "report", capabilities: [] };

const ABLE: [what: string, worker: Worker, needs: Needs, isNamed: boolean, able: boolean][] = [
  ["has what is asked for", worker("a"), PYTHON, false, true],
  ["lacks what is asked for", worker("a", { capabilities: new Set() }), PYTHON, false, false],
  ["lacks one of two", worker("a"), { ...PYTHON, capabilities: ["python", "sql"] }, false, false],
  ["takes the type", worker("a", { taskTypes: new Set(["report"]) }), REPORT, false, true],
  ["takes other types alone", worker("a", { taskTypes: new Set(["test"]) }), PYTHON, false, false],
  [
    "takes other types alone and is named",
    worker("a", { taskTypes: new Set(["test"]) }),
    PYTHON,
    true,
    false,
  ],
  ["says nothing of tasks, where nothing is asked for", worker("a"), REPORT, false, false],
  ["has the type as a capability", worker("a", { capabilities: new Set(["report"]) }), REPORT, false, true],
  ["is named", worker("a"), REPORT, true, true],
  ["is named and lacks what is asked for", worker("a", { capabilities: new Set() }), PYTHON, true, false],
];

for (const [what, one, needs, isNamed, able] of ABLE) {
  Deno.test(`isAble(): one that ${what} is ${able ? "" : "not "}able`, () => {
    assert.equal(isAble(one, needs, isNamed), able);
  });
}

const CHOSEN: [what: string, workers: Worker[], chosen: string | undefined, preferred?: string][] = [
  ["nobody when nobody is there", [], undefined],
  ["nobody when all who are able have enough", [worker("a", { tasks: 2 })], undefined],
  ["nobody who has more than it may", [worker("a", { tasks: 3 })], undefined],
  ["who is able", [worker("a", { capabilities: new Set() }), worker("b", { tasks: 1 })], "b"],
  ["who has the most room", [worker("a"), worker("b", { maxConcurrentTasks: 3 })], "b"],
  ["of as much room who has less load", [
    worker("a", { maxConcurrentTasks: 3, tasks: 2 }),
    worker("b", { maxConcurrentTasks: 5, tasks: 4 }),
  ], "a"],
  ["of as much load who waited longest", [worker("a", { lastGiven: 7 }), worker("b", { lastGiven: 3 })], "b"],
  ["who is preferred, though another has more room", [worker("a", { tasks: 1 }), worker("b")], "a", "a"],
  ["another when who is preferred has enough", [worker("a", { tasks: 2 }), worker("b")], "b", "a"],
  ["another when who is preferred is unknown", [worker("b")], "b", "a"],
];

for (const [what, workers, chosen, preferred] of CHOSEN) {
  Deno.test(`choose() gives ${what}`, () => {
    assert.equal(choose(workers, PYTHON, preferred)?.agentId, chosen);
  });
}
