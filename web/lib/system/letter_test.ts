import { expect } from "expect";
import fc from "fast-check";
import { gistOf, setOut } from "./letter.ts";

Deno.test("gistOf() takes what a message says, and of anything else its beginning", () => {
  const cases: [body: string, text: string, conversationId?: string][] = [
    ['{"text_payload":"Hello there","conversation_id":"conv_1"}', "Hello", "conv_1"],
    ['{"description":"Build","task_type":"x"}', "Build"],
    ['{"text_payload":7}', '{"tex'],
    ["no JSON", "no JS"],
    ["null", "null"],
    ["[1,2,3]", "[1,2,"],
    ["", ""],
  ];
  for (const [body, text, conversationId] of cases) expect(gistOf(body, 5)).toEqual({ text, conversationId });
  expect(gistOf("ab😀", 3).text.isWellFormed()).toBe(true);
});

Deno.test("setOut() sets JSON out line by line", () => {
  expect(setOut('{"a":[1,{"b":"x, \\"y\\" {}"}],"c":{},"d":[ ]}')).toBe(
    '{\n  "a": [\n    1,\n    {\n      "b": "x, \\"y\\" {}"\n    }\n  ],\n  "c": {},\n  "d": []\n}',
  );
});

Deno.test("setOut() keeps what JSON's readers would change, and leaves alone what is no JSON", () => {
  expect(setOut('{"a":12345678901234567890,"a":1.0}')).toBe('{\n  "a": 12345678901234567890,\n  "a": 1.0\n}');
  for (const body of ["", "{", "hello: [1, 2]", "\ud800"]) expect(setOut(body)).toBe(body);
});

Deno.test("setOut() says what JSON said, whatever that was", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), (json) => {
    const text = setOut(json);
    expect(JSON.parse(text)).toEqual(JSON.parse(json));
    expect(text).toBe(setOut(text));
  }));
});

Deno.test("what is deep or long does not grow beyond measure", () => {
  const deep = "[".repeat(4_000) + "]".repeat(4_000);
  expect(setOut(deep).length).toBeLessThan(8_000 * 90);
  const long = `[${"1,".repeat(100_000)}1]`;
  expect(setOut(long)).toBe(long);
});
