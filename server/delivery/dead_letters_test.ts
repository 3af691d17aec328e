import assert from "node:assert/strict";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import type { DeliveryContext } from "./context.ts";
import { keepDeadLetter } from "./dead_letters.ts";

const SERVER = serverPrincipal("server_test");
const WHY = { code: "too_large", error_details: "Too much.", _origin_queue: "agent_queue_a" };

const LETTERS: { what: string; body: string; kept: { code: string; reason: string; queue: string } }[] = [
  {
    what: "what is no message, but says why it was given up",
    body: JSON.stringify({ raw_text: "{ nope", ...WHY }),
    kept: { code: "too_large", reason: "Too much.", queue: "agent_queue_a" },
  },
  {
    what: "a message with a field at fault",
    body: JSON.stringify({ message_type: "TEXT", text_payload: 5, ...WHY }),
    kept: { code: "too_large", reason: "Too much.", queue: "agent_queue_a" },
  },
  {
    what: "what is not JSON",
    body: "{ nope",
    kept: { code: "invalid_json", reason: "The body is no message.", queue: "dead_letter_queue" },
  },
  {
    what: "what says nothing of itself",
    body: "{}",
    kept: { code: "invalid_json", reason: "The body is no message.", queue: "dead_letter_queue" },
  },
  {
    what: "a message that does not say why",
    body: `{"message_type":"TEXT"}`,
    kept: { code: "internal", reason: "The message was given up.", queue: "dead_letter_queue" },
  },
];

for (const { what, body, kept } of LETTERS) {
  Deno.test(`keepDeadLetter() keeps ${what}, as ${kept.code}`, async () => {
    await using store = await openStore("sqlite::memory:");
    const context = { store, server: SERVER, figures: { deadLetters: 0 } } as unknown as DeliveryContext;
    const envelope = { id: "msg_1", body, headers: {} };
    await keepDeadLetter(context, { queue: "dead_letter_queue", envelope, attempt: 1 }, async () => {});
    const { items: [letter] } = await store.deadLetters.list(SERVER, { limit: 1 });
    assert.deepEqual({ code: letter?.code, reason: letter?.reason, queue: letter?.queue }, kept);
    assert.equal(letter?.body, body);
  });
}
