import { strict as assert } from "node:assert";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { PeerRow } from "../../shared/store/store.ts";
import { FakeClock } from "./fake_clock.ts";
import { NOT_AN_AGENT } from "./peer.ts";
import { Servers } from "./servers.ts";

interface Scene {
  clock: FakeClock;
  servers: Servers;
  changes: unknown[];
  /** Writes a server's word, stamped so long ago. */
  say(id: string, agoMs?: number, more?: Partial<PeerRow>): void;
  setReadable(isReadable: boolean): void;
}

/** Plays with what the server `server_b` knows of the others. */
async function scene(play: (scene: Scene) => Promise<void>, first: string[] = []): Promise<void> {
  const clock = new FakeClock();
  const rows = new Map<string, PeerRow>();
  let isReadable = true;
  const say = (id: string, agoMs = 0, more: Partial<PeerRow> = {}) => {
    const last_seen = new Date(clock.now() - agoMs).toISOString();
    const registered_at = last_seen;
    const row = {
      ...NOT_AN_AGENT,
      id,
      kind: "server",
      name: "",
      server_id: id,
      last_seen,
      registered_at,
    } as const;
    rows.set(id, { ...row, connection_type: "grpc", session_key_hash: "", status: "offline", ...more });
  };
  for (const id of first) say(id);
  const store = {
    servers: () =>
      isReadable ? Promise.resolve([...rows.values()]) : Promise.reject(new Error("The store is away.")),
  };
  const options = { store, server: serverPrincipal("server_b"), clock, isShared: true };
  await using servers = new Servers(options, [...rows.values()]);
  const changes: unknown[] = [];
  servers.onChange((change) => changes.push(change));
  await play({ clock, servers, changes, say, setReadable: (is) => isReadable = is });
}

Deno.test("a server is there while its word changes, whatever its clock says, and gone 5 s after its last", () =>
  scene(async ({ clock, servers, changes, say }) => {
    say("server_a", 4_000);
    say("server_b");
    await servers.look();
    assert.deepEqual([...servers.others], ["server_a"]);
    clock.advance(4_000);
    say("server_a", 7_999);
    await servers.look();
    clock.advance(4_900);
    await servers.look();
    assert.equal(servers.isOther("server_a"), true);
    clock.advance(100);
    await servers.look();
    assert.deepEqual(changes, [{ came: ["server_a"], gone: [] }, { came: [], gone: ["server_a"] }]);
  }));

Deno.test("one whose word is old when it is first read is gone, until it says another", () =>
  scene(async ({ servers, say }) => {
    say("server_a", 60_000);
    await servers.look();
    assert.equal(servers.isOther("server_a"), false);
    say("server_a", 59_000);
    await servers.look();
    assert.equal(servers.isOther("server_a"), true);
  }));

Deno.test("one that says that it ends is gone at once", () =>
  scene(async ({ servers, say }) => {
    assert.equal(servers.isOther("server_a"), true);
    say("server_a", -1, { is_registered: false });
    await servers.look();
    assert.equal(servers.isOther("server_a"), false);
  }, ["server_a"]));

Deno.test("nobody is gone while the store cannot be read", () =>
  scene(async ({ clock, servers, setReadable }) => {
    setReadable(false);
    clock.advance(60_000);
    await servers.look();
    assert.equal(servers.isOther("server_a"), true);
  }, ["server_a"]));

Deno.test("one that has come since the last look is known when it is asked for", () =>
  scene(async ({ servers, say }) => {
    say("server_c");
    assert.equal(servers.isOther("server_c"), false);
    assert.equal(await servers.isOtherNow("server_c"), true);
    assert.equal(await servers.isOtherNow("server_b"), false);
    assert.equal(await servers.isOtherNow("server_nobody"), false);
  }));

Deno.test("what a gone server had is for the first of those that are there", () =>
  scene(async ({ clock, servers, say }) => {
    assert.deepEqual(["server_a", "server_b", "server_gone"].map((id) => servers.isOurs(id)), [
      false,
      true,
      false,
    ]);
    say("server_c");
    clock.advance(5_000);
    say("server_c");
    await servers.look();
    assert.deepEqual(["server_a", "server_c", "server_gone"].map((id) => servers.isOurs(id)), [
      true,
      false,
      true,
    ]);
  }, ["server_a"]));
