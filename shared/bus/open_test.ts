import { strict as assert } from "node:assert";
import { ConfigError } from "../config.ts";
import { openBus } from "./open.ts";
import { withRetry } from "./retry.ts";

Deno.test("openBus() opens a bus in memory, and withRetry() adds retrying to it once", async () => {
  await using raw = await openBus("sqlite::memory:");
  assert.equal(raw.traits.retries, false);
  const bus = withRetry(raw);
  assert.equal(bus.traits.retries, true);
  assert.equal(withRetry(bus), bus);
});

Deno.test("openBus() says which buses there are when the URL names none, and shows no password", async () => {
  for (const url of ["kafka://user:secret@host", "", "sqlite:", "hub"]) {
    await assert.rejects(
      openBus(url),
      (error) =>
        error instanceof ConfigError && /BUS_URL.*sqlite:/.test(error.message) &&
        !error.message.includes("secret"),
    );
  }
});
