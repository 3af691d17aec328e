import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import { newId } from "../../shared/model/id.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { Outbox } from "./outbox.ts";

const server = serverPrincipal("server_test0001");

for (const confirmed of ["before", "after"] as const) {
  Deno.test(`a message that waits goes on waiting when the bus confirms it ${confirmed} it came back from a broker`, async () => {
    await using store = await openStore("sqlite::memory:");
    await using bus = await openBus("sqlite::memory:", {});
    const message_id = newId("msg");
    const message = {
      message_type: "TEXT",
      message_id,
      conversation_id: newId("conv"),
      sender_id: "web_ada00001",
    };
    await store.conversations.add(server, message, "accepted");
    {
      await using outbox = new Outbox(bus, store.conversations, server);
      if (confirmed === "before") outbox.published(message_id);
      outbox.arrived(message_id);
      await store.conversations.change(server, message_id, { state: "waiting" });
      if (confirmed === "after") outbox.published(message_id);
    }
    assert.equal((await store.conversations.get(server, message_id))?.state, "waiting");
  });
}
