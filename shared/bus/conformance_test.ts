// The suite itself is held to account: a bus that acknowledges before its handler has ended must fail it.

import { strict as assert } from "node:assert";
import type { Handler, MessageBus } from "./bus.ts";
import { type BusCase, busCases, FAST_RETRIES, runCase } from "./conformance.ts";
import { setPatience } from "./conformance/inbox.ts";
import { withRetry } from "./retry.ts";
import { openSqliteBus } from "./sqlite.ts";
import { localRig } from "./testing/local_rig.ts";

/** Acknowledges at once, and lets the handler go on by itself. */
function acknowledgingEarly(bus: MessageBus): MessageBus {
  const early = (handler: Handler): Handler => (delivery, signal) => {
    handler(delivery, signal).catch(() => {});
    return Promise.resolve();
  };
  return { ...bus, consume: (queue, handler, options) => bus.consume(queue, early(handler), options) };
}

const MUST_FAIL = [
  "a handler that fails later, not at once, sees the message again as attempt 2",
  "the verdict retry brings the message again",
  "what fails each time ends in the dead letters with code, reason, attempts and origin",
  "closing a subscription waits for what is in flight, which is then not delivered again",
  "when the grace is over the signal aborts and the message goes to another reader",
  "a slow handler is not acknowledged early: its reader is killed and another gets the message",
  "a message that kills each of its readers ends in the dead letters",
  "a reader holds no more than its prefetch",
];

Deno.test("busConformance() fails a bus that acknowledges before the handler ends", async () => {
  setPatience(100);
  try {
    for (const promise of MUST_FAIL) await assert.rejects(runBroken(busCases[promise]!), promise);
  } finally {
    setPatience(30_000);
  }
});

Deno.test("busConformance() passes the same bus where nothing is in flight", async () => {
  await runBroken(busCases["a message waits for its reader"]!);
});

function runBroken(run: BusCase): Promise<void> {
  const open = async () => acknowledgingEarly(withRetry(await openSqliteBus(":memory:"), FAST_RETRIES));
  return runCase(run, () => Promise.resolve(localRig(open)));
}
