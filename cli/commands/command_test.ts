import assert from "node:assert/strict";
import { UsageError } from "../fault.ts";
import { bodyOf, type CommandOptions } from "./command.ts";

const body = (options: Partial<CommandOptions>, script = "") => bodyOf({ words: [], ...options }, script);

Deno.test("bodyOf() passes words on as they are, one argument each", () => {
  const words = ["git", "commit", "-m", "two words; $(id)\n'quoted'"];
  assert.deepEqual(body({ words }), { type: "shell", arguments: words });
});

Deno.test("bodyOf() makes a script of its text, its interpreter and its arguments", () => {
  const script = { content: "print(1)", arguments: ["a"] };
  const parameters = { interpreter: "python3" };
  assert.deepEqual(body({ type: "script", interpreter: "python3", words: ["a"] }, "print(1)"), {
    type: "script",
    ...script,
    parameters,
  });
  assert.deepEqual(body({ interpreter: "python3", words: ["a"] }, "print(1)"), {
    type: "script",
    ...script,
    parameters,
  });
  assert.deepEqual(body({ type: "python", words: ["a"] }, "print(1)"), { type: "python", ...script });
});

Deno.test("bodyOf() says where it is to run", () => {
  const parameters = { directory: "/srv" };
  assert.deepEqual(body({ words: ["ls"], directory: "/srv" }), {
    type: "shell",
    arguments: ["ls"],
    parameters,
  });
});

Deno.test("bodyOf() calls a function with its input, or none", () => {
  assert.deepEqual(body({ function: "rotate", input: '{ "keep": 3 }' }), {
    type: "rotate",
    content: '{"keep":3}',
  });
  assert.deepEqual(body({ function: "rotate" }), { type: "rotate", content: "" });
});

Deno.test("bodyOf() sends a shell's line as it is, without arguments", () => {
  assert.deepEqual(body({ line: "df -h | sort" }), { type: "shell", content: "df -h | sort" });
});

const WRONG: [string, Partial<CommandOptions>][] = [
  ["no program", {}],
  ["a line and words", { line: "df", words: ["-h"] }],
  ["a line for a script", { line: "df", type: "script" }],
  ["a type that is no function", { function: "shell", input: '"df"' }],
  ["an unknown type", { type: "dance", words: ["df"] }],
  ["words for a function", { function: "rotate", words: ["df"] }],
  ["a function and a type", { function: "rotate", type: "shell" }],
  ["an input for a program", { input: "{}", words: ["df"] }],
  ["an input that is no JSON", { function: "rotate", input: "{keep: 3}" }],
  ["an interpreter for a program", { type: "shell", interpreter: "python3", words: ["df"] }],
];

for (const [what, options] of WRONG) {
  Deno.test(`bodyOf() refuses ${what}`, () => assert.throws(() => body(options), UsageError));
}
