/** Opening what coordination stands on, without a server: what happens where the bus is away from the beginning. */
import assert from "node:assert/strict";
import { ParleyError } from "../../shared/error.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { openLocalBackend } from "./local_backend.ts";
import { settingsOf } from "./options.ts";

for (const scheme of ["amqp", "redis"]) {
  for (const databaseUrl of [undefined, "sqlite::memory:"]) {
    const beside = databaseUrl === undefined ? "alone" : `beside ${databaseUrl}`;
    Deno.test(`openLocalBackend() does not wait for ever for an ${scheme} that is away, ${beside}`, async () => {
      const connectionString = `${scheme}://anybody:secret@127.0.0.1:${freePort()}`;
      await assert.rejects(
        openLocalBackend(settingsOf({ connectionString, databaseUrl }), { openMs: 50 }),
        (error) => {
          assert.ok(error instanceof ParleyError && error.code === "unavailable");
          assert.match(error.message, /^The queues cannot be reached: /);
          return !error.message.includes("secret");
        },
      );
    });
  }
}
