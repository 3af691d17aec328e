// By itself: grpc-js leaves the timer of a connection that it was about to dial, which the next test would be blamed for.
import { Agent } from "./agent.ts";
import { TestHub } from "./testing/hub.ts";

Deno.test("Agent stopped while it waits for its server ends at once", async () => {
  await using hub = await TestHub.start();
  hub.fall();
  const agent = new Agent({ name: "Ada", server: hub.address });
  const end = Promise.withResolvers<void>();
  const ran = agent.run(end.promise);
  end.resolve();
  await ran;
});
