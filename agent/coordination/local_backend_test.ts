/** Coordination without a server, where the bus is away from the beginning. */
import assert from "node:assert/strict";
import { ParleyError } from "../../shared/error.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { openLocalBackend } from "./local_backend.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import { settingsOf } from "./options.ts";
import { SupervisorCoordinator } from "./supervisor_coordinator.ts";

for (const scheme of ["amqp", "redis"]) {
  for (const databaseUrl of [undefined, "sqlite::memory:"]) {
    const beside = databaseUrl === undefined ? "alone" : `beside ${databaseUrl}`;
    Deno.test(`openLocalBackend() does not wait for ever for ${scheme} that is away, ${beside}`, async () => {
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

Deno.test("who listens for messages waits for queues that are away, until its signal aborts", async () => {
  const connectionString = `postgres://anybody@127.0.0.1:${freePort()}/nowhere`;
  await using queue = new MessageQueueManager({ connectionString });
  const stop = new AbortController();
  const listening = Array.fromAsync(queue.messages("ada", { signal: stop.signal }));
  await assert.rejects(queue.getMessages("ada"), { code: "unavailable" });
  assert.equal(await queue.isConnected(), false);
  stop.abort();
  assert.deepEqual(await listening, []);
});

Deno.test("run() waits for queues that are away, until its signal aborts", async () => {
  const connectionString = `postgres://anybody@127.0.0.1:${freePort()}/nowhere`;
  await using coordinator = new SupervisorCoordinator("supervisor-001", { connectionString });
  const stop = new AbortController();
  const running = coordinator.run(stop.signal);
  await assert.rejects(coordinator.processIncomingMessages(), { code: "unavailable" });
  stop.abort();
  await running;
});
