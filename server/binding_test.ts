import assert from "node:assert/strict";
import { Hub } from "./testing/hub.ts";

Deno.test({
  name: "both ports are bound to 127.0.0.1 and to nothing else by default",
  // Elsewhere the rest of 127.0.0.0/8 leads nowhere, whatever is bound.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using hub = await Hub.open({ hasBroker: false });
    const { httpPort, grpcPort } = hub.server;
    for (const port of [httpPort, grpcPort]) {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      await assert.rejects(Deno.connect({ hostname: "127.0.0.2", port }), Deno.errors.ConnectionRefused);
    }
  },
});
