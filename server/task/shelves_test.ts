import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import { isAble } from "../../shared/task/choice.ts";
import { type Seekers, Shelves, type Wanting } from "./shelves.ts";

const wanting = (fields: Partial<Wanting["wanted"]> = {}): Wanting => ({
  wanted: { taskType: "report", capabilities: [], preferredAgent: null, ...fields },
});
const seekers = (
  taskTypes: string[] | undefined,
  capabilities: string[] = [],
  agentId = "agent_none",
): Seekers => ({
  taskTypes: taskTypes && new Set(taskTypes),
  capabilities: new Set(capabilities),
  agentIds: new Set([agentId]),
});

const name = fc.constantFrom("a", "b", "c", "d");
const names = fc.uniqueArray(name).map((all) => all.sort());
const anyWanting = fc.record({
  taskType: name,
  capabilities: names,
  preferredAgent: fc.constantFrom(null, "agent_1", "agent_2"),
});
const anySeekers = fc.record({
  taskTypes: fc.option(names, { nil: undefined }),
  capabilities: names,
  agentId: fc.constantFrom("agent_1", "agent_2"),
});

Deno.test("for() gives all that somebody is able to do, whatever came and went", () => {
  const all = fc.array(fc.record({ asked: anyWanting, isGone: fc.boolean() }), { maxLength: 30 });
  fc.assert(fc.property(all, fc.array(anySeekers, { maxLength: 3 }), (all, looking) => {
    const shelves = new Shelves<Wanting>();
    const things = all.map(({ asked }) => wanting(asked));
    for (const thing of things) shelves.add(thing);
    for (const [index, { isGone }] of all.entries()) if (isGone) shelves.delete(things[index]!);
    const found = new Set(
      shelves.for(looking.map((each) => seekers(each.taskTypes, each.capabilities, each.agentId))),
    );
    for (const [index, { asked, isGone }] of all.entries()) {
      const able = looking.some(({ agentId, ...each }) => {
        const { taskTypes, capabilities } = seekers(each.taskTypes, each.capabilities);
        const worker = { agentId, taskTypes, capabilities, maxConcurrentTasks: 1, tasks: 0, lastGiven: 0 };
        return isAble(worker, asked, agentId === asked.preferredAgent);
      });
      if (isGone) assert.ok(!found.has(things[index]!));
      else if (able) assert.ok(found.has(things[index]!), JSON.stringify([asked, looking]));
    }
  }));
});

const CASES: [what: string, looking: Seekers, expected: number][] = [
  ["who takes one type", seekers(["type_7"]), 1],
  ["who takes several", seekers(["type_7", "type_8", "other"]), 2],
  ["who takes a type and has one of many capabilities", seekers(["many"], ["skill_3"]), 1],
  ["who says no types and has one of many capabilities", seekers(undefined, ["skill_3"]), 1],
  ["who says no types and is named after one", seekers(undefined, ["type_7"]), 1],
  ["who says no types and is preferred", seekers(undefined, [], "agent_5"), 1],
  ["who takes nothing of it", seekers(["other"], ["other"]), 0],
];

for (const [what, looking, expected] of CASES) {
  Deno.test(`for() has ${what} look at ${expected} of 300`, () => {
    const shelves = new Shelves<Wanting>();
    for (let number = 0; number < 100; number++) {
      shelves.add(wanting({ taskType: `type_${number}` }));
      shelves.add(wanting({ taskType: "many", capabilities: [`skill_${number}`] }));
      shelves.add(wanting({ taskType: "sum", preferredAgent: `agent_${number}` }));
    }
    assert.equal([...shelves.for([looking])].length, expected);
  });
}
