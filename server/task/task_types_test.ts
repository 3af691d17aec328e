import assert from "node:assert/strict";
import { type Taker, taskTypesOf } from "./task_types.ts";

const taker = (
  id: string,
  attributes: Record<string, string> = {},
  { isOnline = true, types }: { isOnline?: boolean; types?: string[] } = {},
): Taker => ({
  agent: { id, name: id.toUpperCase(), isOnline, attributes },
  stream: types?.map((taskType) => ({ taskType, mostAtOnce: 0 })),
});
const shown = (id: string, is_online = true) => ({ agent_id: id, agent_name: id.toUpperCase(), is_online });
const schema = (width: string) => JSON.stringify({ type: "object", properties: { [width]: {} } });

Deno.test("taskTypesOf() lists by name what agents say in their registration, on their stream, or by a schema", () => {
  const types = taskTypesOf([
    taker("a", { task_types: "resize  crop", language: "en" }),
    taker("b", { task_types: "none" }),
    taker("c", {}, { types: ["crop", "blur"] }),
    taker("d", { "task_schema.age": schema("by"), "task_description.age": "Makes it old." }),
    taker("e", { "task_schema.": "{}" }),
  ]);
  assert.deepEqual(types, [
    {
      task_type: "age",
      description: "Makes it old.",
      parameters_schema: { type: "object", properties: { by: {} } },
      agents: [shown("d")],
    },
    { task_type: "blur", description: "", parameters_schema: null, agents: [shown("c")] },
    { task_type: "crop", description: "", parameters_schema: null, agents: [shown("a"), shown("c")] },
    { task_type: "resize", description: "", parameters_schema: null, agents: [shown("a")] },
  ]);
});

Deno.test("taskTypesOf() names agents that are online first, and believes the first of them that describes a type", () => {
  const says = (width: string) => ({ "task_schema.resize": schema(width), "task_description.resize": width });
  const [resize] = taskTypesOf([
    taker("a", says("away"), { isOnline: false }),
    taker("c", says("later")),
    taker("b", says("first")),
  ]);
  assert.deepEqual(resize, {
    task_type: "resize",
    description: "first",
    parameters_schema: { type: "object", properties: { first: {} } },
    agents: [shown("b"), shown("c"), shown("a", false)],
  });
});

Deno.test("taskTypesOf() lists a type that very many agents take in time that grows with their number alone", () => {
  const many = Array.from(
    { length: 20_000 },
    (_, number) => taker(`agent_${number}`, { task_types: "a b c" }),
  );
  const began = performance.now();
  assert.deepEqual(taskTypesOf(many).map(({ agents }) => agents.length), [20_000, 20_000, 20_000]);
  assert.ok(performance.now() - began < 2_000);
});

for (const json of ["[]", "null", "7", '"text"', "{", ""]) {
  Deno.test(`taskTypesOf() takes ${JSON.stringify(json)} for no schema`, () => {
    assert.equal(taskTypesOf([taker("a", { "task_schema.resize": json })])[0]?.parameters_schema, null);
  });
}
