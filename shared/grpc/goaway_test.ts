import assert from "node:assert/strict";

const PEER = new URL("./testing/goaway_peer.ts", import.meta.url).pathname;

/** Crashed on nearly every run without `goaway.ts`; it takes the whole process, so it has one of its own. */
Deno.test("a gRPC server outlives clients that hang up after a conversation, and they outlive it", async () => {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", PEER], stderr: "piped" });
  const { code, stderr } = await command.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});
