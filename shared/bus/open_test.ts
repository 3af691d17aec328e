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
  for (const url of ["kafka://user:secret@host", "Host=h;Pwd=secret", "", "sqlite:", "hub"]) {
    await assert.rejects(
      openBus(url),
      (error) =>
        error instanceof ConfigError && /BUS_URL.*sqlite:/.test(error.message) &&
        !error.message.includes("secret"),
    );
  }
});

const NO_URLS = [
  "amqp://user:pa/ss@localhost",
  "amqp://user:secret#@localhost:x",
  "amqp://guest:guest@a b:5672",
  "amqp://user:100%@localhost",
  "redis://user:pa/ss@localhost",
  "redis://user:secret#@localhost:x",
  "rediss://user:100%@localhost",
];

for (const url of NO_URLS) {
  Deno.test(`openBus() says what to do with ${url}, and shows no password`, async () => {
    await assert.rejects(openBus(url), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(
        error.message,
        /^BUS_URL( or REDIS_URL)?: .*[Ww]rite special characters of the user and password as %XX/,
      );
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(error.message, /pa\/ss|secret/);
      return true;
    });
  });
}
