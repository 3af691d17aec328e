import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import { deadLetterOfRow, giveUp } from "./sql_unreadable.ts";

const row = {
  position: "7",
  priority: 3,
  attempts: 2,
  head: "not JSON",
  body: new TextEncoder().encode('{"text":"hello"}'),
  isText: true,
};

Deno.test("deadLetterOfRow() keeps the body, and says where it was and why it is dead", () => {
  const { id, body } = deadLetterOfRow({ queue: "q", row });
  assert.equal(id, "row_7");
  assert.deepEqual(JSON.parse(String(body)), {
    text: "hello",
    code: "invalid_message",
    error_details: "The message at position 7 of the table has a head that cannot be read.",
    _origin_queue: "q",
    attempts: 2,
  });
});

const AFTER: [what: string, error: ParleyError | undefined, said: string[]][] = [
  ["removed when its dead letter is stored", undefined, ["removed 7"]],
  ["given back when no dead letter can be stored now", new ParleyError("unavailable", "Away."), [
    "returned 7",
  ]],
  ["left alone when its dead letter is never taken", new ParleyError("too_large", "Too large."), []],
];

for (const [what, error, expected] of AFTER) {
  Deno.test(`giveUp() has a row ${what}`, async () => {
    const said: string[] = [];
    const publish = (queue: string) => {
      assert.equal(queue, DEAD_LETTER_QUEUE);
      assert.deepEqual(said, []);
      return error ? Promise.reject(error) : Promise.resolve();
    };
    await giveUp({ queue: "q", row }, publish, { add: (kind, position) => said.push(`${kind} ${position}`) });
    assert.deepEqual(said, expected);
  });
}
