/** Which form a schema gives: also one that nobody meant well. */
import { expect } from "expect";
import fc from "fast-check";
import { type Field, fieldsOf } from "./schema_fields.ts";

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: "object",
  properties,
  ...more,
});
const only = (schema: unknown, more = {}): Field => fieldsOf(object({ x: schema }, more))![0]!;

Deno.test("each type that a form can ask for has a field of its own", () => {
  const cases: [schema: unknown, kind: string, more: Record<string, unknown>][] = [
    [{ type: "string", default: "a" }, "text", { initial: "a", isLong: false }],
    [{ type: "string", maxLength: 5_000, minLength: 2 }, "text", {
      isLong: true,
      shortest: 2,
      longest: 5_000,
    }],
    [{ type: "number", minimum: 1, exclusiveMaximum: 9 }, "number", {
      isWhole: false,
      bounds: { least: 1, below: 9 },
    }],
    [{ type: "integer", maximum: 3, default: 2 }, "number", {
      isWhole: true,
      initial: "2",
      bounds: { most: 3 },
    }],
    [{ type: ["integer", "null"] }, "number", { isWhole: true }],
    [{ type: "boolean", default: true }, "tick", { initial: true }],
    [{ type: "boolean" }, "choice", { options: [true, false], initial: "" }],
    [{ enum: ["a", 2, null], default: 2 }, "choice", { options: ["a", 2, null], initial: "1" }],
    [{ const: 7 }, "fixed", { value: 7 }],
    [{ type: "array", items: { type: "string" }, default: ["a", "b"] }, "lines", { initial: "a\nb" }],
    [object({ y: { type: "string" } }), "group", {}],
    [{ type: "array", items: { type: "number" } }, "json", { initial: "" }],
    [{ type: "object", default: { a: 1 } }, "json", { initial: '{\n  "a": 1\n}' }],
  ];
  for (const [schema, kind, more] of cases) {
    expect([schema, only(schema)]).toEqual([schema, expect.objectContaining({ kind, ...more })]);
  }
});

Deno.test("a field has its title, its description, and whether it is needed; a needed boolean is a box", () => {
  const field = only({ type: "boolean", title: "Loud", description: "Or not" }, { required: ["x"] });
  expect(field).toMatchObject({ label: "Loud", description: "Or not", isRequired: true, kind: "tick" });
  expect(only({ type: "string" })).toMatchObject({ label: "x", name: "x", isRequired: false });
});

Deno.test("a group is one level deep: what is in it further down is written as JSON", () => {
  const group = only(object({ inner: object({ deep: { type: "string" } }) }));
  expect(group).toMatchObject({ kind: "group", fields: [{ kind: "json", name: "inner" }] });
});

Deno.test("a parameter that no field fits is written as JSON alone", () => {
  const odd = [
    { $ref: "#" },
    { $ref: "#/properties/x" },
    { anyOf: [{ type: "string" }] },
    { type: ["string", "number"] },
    { enum: [{}] },
    { enum: [] },
    { enum: Array.from({ length: 100_000 }, (_, at) => at) },
    { const: { a: 1 } },
    { type: "nonsense" },
    { type: 7 },
    true,
    null,
    "text",
    [],
    {},
  ];
  for (const schema of odd) expect([schema, only(schema).kind]).toEqual([schema, "json"]);
});

Deno.test("a schema that is no list of properties has no form", () => {
  const hostile = [
    undefined,
    null,
    true,
    "text",
    [],
    {},
    { type: "string" },
    { type: "object" },
    { type: "object", properties: [] },
    { type: "object", properties: {}, $ref: "#" },
    { ...object({ x: {} }), required: "x" },
    { ...object({ x: {} }), required: ["y"] },
    { ...object({ x: {} }), required: ["toString"] },
    { ...object({ x: {} }), oneOf: [{}] },
    object(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, { type: "string" }]))),
    object(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [
      `g${at}`,
      object(Object.fromEntries(Array.from({ length: 20 }, (_, inner) => [`p${inner}`, {}]))),
    ]))),
  ];
  for (const schema of hostile) expect([schema, fieldsOf(schema)]).toEqual([schema, undefined]);
});

Deno.test("what takes no parameters has a form without fields", () => {
  expect(fieldsOf({ type: "object", additionalProperties: false })).toEqual([]);
});

Deno.test("a schema that contains itself ends", () => {
  const schema = object({});
  Object.assign(schema.properties, { self: schema });
  expect(fieldsOf(schema)).toMatchObject([{ kind: "group", fields: [{ kind: "json" }] }]);
});

Deno.test("names of any kind are names: keys of the form are made of numbers", () => {
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"},"a.b \\" c":{}}}');
  expect(fieldsOf(schema)!.map(({ key, name }) => [key, name])).toEqual([
    ["f-0", "__proto__"],
    ["f-1", 'a.b " c'],
  ]);
});

Deno.test("whatever JSON stands where a schema should, fieldsOf() ends and throws nothing", () => {
  const words = fc.constantFrom(
    "type",
    "properties",
    "enum",
    "const",
    "items",
    "default",
    "required",
    "$ref",
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("object", "string", "integer", "array", null, true, 1e400, -0),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(words, tie("node"), { maxKeys: 4 }),
    ),
  })).node;
  fc.assert(fc.property(value, (schema) => void fieldsOf(schema)), { numRuns: 500 });
});
