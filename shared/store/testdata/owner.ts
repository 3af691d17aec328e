/** Owns the store at the URL given and adds messages to it without end, naming each once it is kept. */
import { newId } from "../../model/id.ts";
import { serverPrincipal } from "../../model/principal.ts";
import { openStore } from "../open.ts";

const server = serverPrincipal("server_owner");
const store = await openStore(Deno.args[0] ?? "");
console.log("open");

async function addWithoutEnd(): Promise<never> {
  for (;;) {
    const message_id = newId("msg");
    const message = { message_id, conversation_id: "conv_1", message_type: "TEXT", text_payload: "Hello" };
    await store.conversations.add(server, message, "accepted");
    console.log(message_id);
  }
}

await Promise.all([addWithoutEnd(), addWithoutEnd(), addWithoutEnd()]);
