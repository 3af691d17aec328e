/** Cases: what fails is tried again, and what cannot succeed goes to the dead letters with its reason. */
import { strict as assert } from "node:assert";
import { ParleyError } from "../../error.ts";
import { DEAD_LETTER_QUEUE } from "../../model/queue.ts";
import type { Envelope, Handler, MessageBus, Verdict } from "../bus.ts";
import { type BusRig, FAST_RETRIES } from "../conformance.ts";
import { freshQueue, Inbox, message, turn } from "./inbox.ts";

export const attemptCases = {
  async "a handler that fails later, not at once, sees the message again as attempt 2"(rig: BusRig) {
    const { bus } = await rig.member();
    const sent = message("try twice", { headers: { traceparent: "00-ab" }, key: "conv_1" });
    const seen = await attemptsAt({ bus, sent, wanted: 2 }, async ({ attempt }) => {
      await turn();
      if (attempt === 1) throw new ParleyError("unavailable", "Not yet.");
    });
    assert.deepEqual(seen.map(({ attempt }) => attempt), [1, 2]);
    for (const { envelope } of seen) assert.deepEqual(envelope, sent);
  },

  async "the verdict retry brings the message again"(rig: BusRig) {
    const { bus } = await rig.member();
    const seen = await attemptsAt({ bus, sent: message("again"), wanted: 3 }, ({ attempt }) => {
      return Promise.resolve(attempt < 3 ? { kind: "retry", delayMs: 0 } : { kind: "ack" });
    });
    assert.deepEqual(seen.map(({ attempt }) => attempt), [1, 2, 3]);
  },

  async "what is given back comes again at once as the same attempt, however often"(rig: BusRig) {
    const { bus } = await rig.member();
    const verdicts: Verdict[] = [
      ...Array.from({ length: FAST_RETRIES.maxAttempts + 1 }, (): Verdict => ({ kind: "return" })),
      { kind: "retry", delayMs: 0 },
      { kind: "return" },
      { kind: "ack" },
    ];
    const wanted = verdicts.length;
    const sent = message("not now", { headers: { traceparent: "00-ab" }, key: "conv_1" });
    const seen = await attemptsAt({ bus, sent, wanted }, async () => {
      await turn();
      return verdicts.shift()!;
    });
    assert.deepEqual(seen.map(({ attempt }) => attempt), [1, 1, 1, 1, 1, 2, 2]);
    for (const { envelope } of seen) assert.deepEqual(envelope, sent);
  },

  async "what fails each time ends in the dead letters with code, reason, attempts and origin"(rig: BusRig) {
    const { bus } = await rig.member();
    const sent = message("hopeless");
    const letter = await deadLetterOf(
      { bus, sent },
      () => Promise.reject(new ParleyError("timeout", "The model did not answer.")),
    );
    assert.equal(letter.body.code, "timeout");
    assert.match(String(letter.body.error_details), /3 attempts.*The model did not answer/);
    assert.equal(letter.body.attempts, 3);
    assert.equal(letter.body._origin_queue, letter.queue);
    assert.equal(letter.body.text, "hopeless");
  },

  async "what was rejected goes to the dead letters at once, with its reason"(rig: BusRig) {
    const { bus } = await rig.member();
    const letter = await deadLetterOf({ bus, sent: message("unwanted") }, async () => {
      await turn();
      return { kind: "reject", code: "unsupported_type", reason: "Nobody knows the type X." };
    });
    assert.equal(letter.body.code, "unsupported_type");
    assert.equal(letter.body.error_details, "Nobody knows the type X.");
    assert.equal(letter.body.attempts, 1);
  },

  async "a failure that trying again cannot heal goes to the dead letters at once"(rig: BusRig) {
    const { bus } = await rig.member();
    const letter = await deadLetterOf(
      { bus, sent: message("bad") },
      () => Promise.reject(new ParleyError("invalid_message", "Field 'x' is missing.")),
    );
    assert.deepEqual([letter.body.code, letter.body.attempts], ["invalid_message", 1]);
  },

  async "a dead letter keeps a body that is no JSON object"(rig: BusRig) {
    const { bus } = await rig.member();
    const reject: Handler = () =>
      Promise.resolve({ kind: "reject", code: "invalid_json", reason: "Not JSON." });
    const text = await deadLetterOf({ bus, sent: message("", { body: "{oh no" }) }, reject);
    assert.equal(text.body.raw_text, "{oh no");
    const bytes = await deadLetterOf({ bus, sent: message("", { body: new Uint8Array([255, 0]) }) }, reject);
    assert.equal(bytes.body.raw_base64, "/wA=");
    assert.equal(bytes.body.message_id, bytes.id);
  },
};

interface Trial {
  bus: MessageBus;
  sent: Envelope;
}

/** Publishes a message to a reader that behaves like `handler`, and gives its first `wanted` deliveries. */
async function attemptsAt({ bus, sent, wanted }: Trial & { wanted: number }, handler: Handler) {
  const queue = freshQueue();
  const inbox = new Inbox<Parameters<Handler>[0]>();
  await bus.consume(queue, (delivery, signal) => {
    inbox.put(delivery);
    return handler(delivery, signal);
  });
  await bus.publish(queue, sent);
  return await inbox.take(wanted);
}

/** Publishes a message to a reader that gives it up, and waits for its dead letter. */
async function deadLetterOf({ bus, sent }: Trial, handler: Handler) {
  const queue = freshQueue();
  const letters = new Inbox<Envelope>();
  await using _reader = await bus.consume(queue, handler);
  await using _letters = await bus.consume(DEAD_LETTER_QUEUE, (delivery) => {
    if (delivery.envelope.id === sent.id) letters.put(delivery.envelope);
    return Promise.resolve();
  });
  await bus.publish(queue, sent);
  const { id, body } = await letters.next("the dead letter");
  return { queue, id, body: JSON.parse(String(body)) as Record<string, unknown> };
}
