import { strict as assert } from "node:assert";
import { TaskHandlers } from "./handlers.ts";

const cases: [why: string, given: number | undefined, limits: (number | undefined)[], most: number][] = [
  ["what the program gave for the agent counts, though its handlers take more", 1, [5, 5], 1],
  ["what the program gave for the agent counts, though its handlers take less", 20, [5], 20],
  ["without a number for the agent it takes what its handlers take together", undefined, [100, 5], 105],
  ["a handler without a number takes 8", undefined, [undefined, 5], 13],
  ["it takes 8 at least when nothing is given", undefined, [2], 8],
];

for (const [why, given, limits, most] of cases) {
  Deno.test(`mostAtOnce: ${why}`, () => {
    const handlers = new TaskHandlers(given);
    for (const [index, maxConcurrent] of limits.entries()) {
      handlers.add(`type_${index}`, { maxConcurrent, handler: () => {} });
    }
    assert.equal(handlers.mostAtOnce, most);
  });
}

for (const description of ["", "  ", "True", "x".repeat(1_001)]) {
  Deno.test(`add() refuses the description ${JSON.stringify(description.slice(0, 10))}`, () => {
    const handlers = new TaskHandlers(undefined);
    const add = () => handlers.add("resize", { description, handler: () => {} });
    assert.throws(add, { code: "invalid_message", message: /description/ });
  });
}
