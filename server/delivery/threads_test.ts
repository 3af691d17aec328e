import assert from "node:assert/strict";
import type { Principal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { Threads } from "./threads.ts";

const server: Principal = { kind: "server", id: "server_1", tenantId: "default" };
const person = (id: string): Principal => ({ kind: "person", id, tenantId: "default" });

const begun = {
  message_type: "TEXT" as const,
  message_id: "msg_first",
  conversation_id: "conv_of_ada",
  sender_id: "agent_guide",
  receiver_id: "web_ada",
  text_payload: "Good morning",
};

Deno.test("Threads let nobody into a conversation that an agent begins, even while that is being written", async () => {
  await using store = await openStore("sqlite::memory:");
  const threads = new Threads(store.conversations, server);
  const adding = store.conversations.add(server, begun, "delivered");
  await assert.rejects(threads.enter("conv_of_ada", person("web_bob")), { code: "not_found" });
  await adding;
  await assert.rejects(threads.enter("conv_of_ada", person("web_bob")), { code: "not_found" });
  assert.equal((await threads.enter("conv_of_ada", person("web_ada"))).lastAgentId, "agent_guide");
});

Deno.test("Threads let anybody begin a conversation under an id of their own", async () => {
  await using store = await openStore("sqlite::memory:");
  const threads = new Threads(store.conversations, server);
  assert.equal((await threads.enter("conv_new", person("web_bob"))).lastSeq, 0);
  await assert.rejects(threads.enter("conv_new", person("web_ada")), { code: "not_found" });
});
