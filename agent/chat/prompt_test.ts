import assert from "node:assert/strict";
import fc from "../../shared/testing/property.ts";
import type { Turn } from "./model.ts";
import { toTurns } from "./prompt.ts";

const user = (text: string): Turn => ({ role: "user", text });
const assistant = (text: string): Turn => ({ role: "assistant", text });

Deno.test("toTurns() keeps the whole conversation when it fits", () => {
  const history = [user("Hello"), assistant("Hi"), user("How are you?")];
  assert.deepEqual(toTurns(history, { budget: 100 }), history);
});

Deno.test("toTurns() makes one turn of what one said in a row", () => {
  const history = [user("Hello"), user("there"), assistant("Hi"), assistant("you"), user("So?")];
  assert.deepEqual(toTurns(history, { budget: 100 }), [
    user("Hello\n\nthere"),
    assistant("Hi\n\nyou"),
    user("So?"),
  ]);
});

Deno.test("toTurns() begins with a user's turn", () => {
  assert.deepEqual(toTurns([assistant("Welcome"), user("Hello")], { budget: 100 }), [user("Hello")]);
});

Deno.test("toTurns() keeps the newest when the budget is short", () => {
  const history = [user("11111"), assistant("22222"), user("33333"), assistant("44444"), user("55555")];
  assert.deepEqual(toTurns(history, { budget: 15 }), history.slice(2));
  assert.deepEqual(toTurns(history, { budget: 14 }), history.slice(4));
});

Deno.test("toTurns() keeps the end of a question that alone is too long", () => {
  assert.deepEqual(toTurns([user("a long question?")], { budget: 9 }), [user("question?")]);
  assert.deepEqual(toTurns([user("ab🙂c")], { budget: 2 }), [user("c")]);
});

Deno.test("toTurns() leaves out turns without text", () => {
  assert.deepEqual(toTurns([user(" "), assistant(""), user("Hello")], { budget: 9 }), [user("Hello")]);
  assert.deepEqual(toTurns([], { budget: 9 }), []);
});

Deno.test("toTurns() keeps its promises for every conversation", () => {
  const turn = fc.record({ role: fc.constantFrom("user", "assistant"), text: fc.string({ unit: "binary" }) });
  fc.assert(fc.property(fc.array(turn), fc.integer({ min: 1, max: 60 }), (history, budget) => {
    const question = user("What now?");
    const turns = toTurns([...history as Turn[], question], { budget });
    assert.equal(turns[0]?.role, "user");
    assert.equal(turns.at(-1)?.role, "user");
    assert.ok(turns.at(-1)?.text.endsWith("What now?".slice(-budget)));
    assert.ok(turns.reduce((sum, { text }) => sum + text.length, 0) <= budget);
    turns.forEach(({ role }, index) => assert.equal(role, index % 2 === 0 ? "user" : "assistant"));
  }));
});
