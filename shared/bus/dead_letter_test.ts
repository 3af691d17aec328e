import { strict as assert } from "node:assert";
import { parseMessage } from "../model/codec.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import { collecting, message } from "./conformance/inbox.ts";
import { withRetry } from "./retry.ts";
import { openSqliteBus } from "./sqlite.ts";

Deno.test("what is nested without end becomes a dead letter at its first attempt, and is kept whole", async () => {
  await using bus = withRetry(await openSqliteBus(":memory:"));
  const body = `{"message_type":"TEXT","a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  const { handler, inbox } = collecting();
  await bus.consume(DEAD_LETTER_QUEUE, handler);
  await bus.consume("q", async ({ envelope }) => void await Promise.resolve(parseMessage(envelope.body)));
  await bus.publish("q", message("", { body }));
  const letter = JSON.parse(String((await inbox.next()).envelope.body));
  assert.deepEqual([letter.code, letter.attempts, letter._origin_queue], ["invalid_message", 1, "q"]);
  assert.equal(letter.raw_text, body);
});
