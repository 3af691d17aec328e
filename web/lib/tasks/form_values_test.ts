/** What comes of a form that was filled in, well or badly. */
import { expect } from "expect";
import { initialValues, parametersOf, parametersOfJson, type Values, writtenSoFar } from "./form_values.ts";
import { fieldsOf } from "./schema_fields.ts";

const SCHEMA = {
  type: "object",
  required: ["name", "tags", "at"],
  properties: {
    name: { type: "string", minLength: 2, maxLength: 4 },
    width: { type: "integer", minimum: 1, maximum: 9 },
    share: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
    colour: { enum: ["red", 5, null] },
    loud: { type: "boolean", default: false },
    sure: { type: "boolean" },
    version: { const: 2 },
    tags: { type: "array", items: { type: "string" } },
    any: {},
    at: { type: "object", required: ["x"], properties: { x: { type: "number" }, y: { type: "number" } } },
    maybe: { type: "object", required: ["z"], properties: { z: { type: "string" } } },
  },
};
const FIELDS = fieldsOf(SCHEMA)!;
const KEYS = Object.fromEntries(FIELDS.map(({ name, key }) => [name, key]));
const GOOD: Values = filled({ name: "Ada" }, { "f-9-0": "1.5" });

function filled(named: Record<string, string | boolean>, more: Values = {}): Values {
  const byKey = Object.entries(named).map(([name, value]) => [KEYS[name]!, value]);
  return { ...initialValues(FIELDS), ...Object.fromEntries(byKey), ...more };
}

const made = (values: Values) => parametersOf(FIELDS, values);

Deno.test("what is left open is left out, and what is fixed is there", () => {
  expect(made(GOOD)).toEqual({
    parameters: { name: "Ada", loud: false, version: 2, tags: [], at: { x: 1.5 } },
  });
});

Deno.test("everything filled in becomes a value of its type", () => {
  const values = filled({
    name: "Ada",
    width: " 3 ",
    share: "5e-1",
    colour: "2",
    loud: true,
    sure: "1",
    tags: "one\r\n\n two ",
    any: '{"a":[1]}',
  }, { "f-9-0": "0", "f-9-1": "-2", "f-10-0": "here" });
  expect(made(values)).toEqual({
    parameters: {
      name: "Ada",
      width: 3,
      share: 0.5,
      colour: null,
      loud: true,
      sure: false,
      version: 2,
      tags: ["one", " two "],
      any: { a: [1] },
      at: { x: 0, y: -2 },
      maybe: { z: "here" },
    },
  });
});

Deno.test("each field says what is wrong with it", () => {
  const cases: [name: string, text: string, fault: Record<string, unknown>][] = [
    ["name", "", { what: "required" }],
    ["name", " ", { what: "required" }],
    ["name", "A", { what: "short", limit: 2 }],
    ["name", "Adele", { what: "long", limit: 4 }],
    ["width", "x", { what: "number" }],
    ["width", "0x10", { what: "number" }],
    ["width", "1,5", { what: "number" }],
    ["width", "Infinity", { what: "number" }],
    ["width", "1.5", { what: "whole" }],
    ["width", "9007199254740993", { what: "exact" }],
    ["width", "0", { what: "least", limit: 1 }],
    ["width", "10", { what: "most", limit: 9 }],
    ["share", "1e999", { what: "exact" }],
    ["share", "0", { what: "above", limit: 0 }],
    ["share", "1", { what: "below", limit: 1 }],
    ["any", '{\n"a": x}', { what: "json", line: 2, column: 6 }],
  ];
  for (const [name, text, fault] of cases) {
    expect([name, text, made({ ...GOOD, [KEYS[name]!]: text })])
      .toEqual([name, text, { faults: { [KEYS[name]!]: fault } }]);
  }
});

Deno.test("four characters are four, also where each is two halves", () => {
  expect(made({ ...GOOD, [KEYS.name!]: "😀😀😀😀" })).toHaveProperty("parameters.name", "😀😀😀😀");
});

Deno.test("a group that has to be there is asked for, one that may be left out only once it is begun", () => {
  expect(made({ ...GOOD, "f-9-0": "" })).toEqual({ faults: { "f-9-0": { what: "required" } } });
  expect(made({ ...GOOD, "f-10-0": " " })).not.toHaveProperty("faults");
});

Deno.test("a choice that was tampered with is none", () => {
  for (const text of ["99", "-1", "toString", "1.5"]) {
    expect(made({ ...GOOD, [KEYS.colour!]: text })).not.toHaveProperty("parameters.colour");
  }
});

Deno.test("a parameter called __proto__ is one like any other", () => {
  const fields = fieldsOf(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'))!;
  const { parameters } = parametersOf(fields, { "f-0": "a" }) as { parameters: object };
  expect(JSON.stringify(parameters)).toBe('{"__proto__":"a"}');
});

Deno.test("what was written so far is kept where something is wrong, too", () => {
  expect(writtenSoFar(FIELDS, filled({ name: "Adele", width: "2" }))).toEqual({
    width: 2,
    loud: false,
    version: 2,
    tags: [],
    at: {},
  });
});

Deno.test("parameters that are written as JSON are an object, or nothing at all", () => {
  expect(parametersOfJson("json", " ")).toEqual({ parameters: {} });
  expect(parametersOfJson("json", '{"a":1}')).toEqual({ parameters: { a: 1 } });
  for (const text of ["[]", "null", "1", '"a"']) {
    expect(parametersOfJson("json", text)).toEqual({ faults: { json: { what: "object" } } });
  }
  expect(parametersOfJson("json", '{"a":1')).toEqual({
    faults: { json: { what: "early", line: 1, column: 7 } },
  });
});
