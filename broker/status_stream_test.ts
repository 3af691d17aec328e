import assert from "node:assert/strict";
import type { Identity } from "./identity.ts";
import { AgentRoster, type RosterUpdate } from "./roster.ts";
import { followByGrpc } from "./status_stream.ts";
import { StatusServer } from "./testing/server.ts";

/** A roster whose updates a test can wait for. */
class WatchedRoster extends AgentRoster {
  #updated = Promise.withResolvers<void>();

  override apply(update: RosterUpdate): void {
    super.apply(update);
    this.#updated.resolve();
    this.#updated = Promise.withResolvers();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#updated.promise;
  }
}

function follow(address: string, identity: Partial<Identity> = {}) {
  const abort = new AbortController();
  const roster = new WatchedRoster();
  const self: Identity = { id: "broker_1", name: "One", sessionKey: "", ...identity };
  const ended = followByGrpc(self, { address, roster, signal: abort.signal });
  return {
    roster,
    identity: self,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended;
    },
  };
}

const ada = { agentId: "agent_ada", agentName: "Ada", isOnline: true };
const bob = { agentId: "agent_bob", agentName: "Bob", isOnline: true };

Deno.test("followByGrpc() registers, takes the id it is given, and learns who is there", async () => {
  await using server = await StatusServer.start();
  server.agents = [ada];
  await using following = follow(server.address, { id: "" });
  await following.roster.ready;
  assert.equal(following.identity.id, "broker_given");
  assert.equal(following.roster.find("agent_ada")?.agent_name, "Ada");
  assert.deepEqual(server.subscriptions, [{ brokerId: "broker_given", sessionKey: "key_of_broker_given" }]);
});

Deno.test("followByGrpc() tells the server its version and its host", async () => {
  await using server = await StatusServer.start();
  await using following = follow(server.address, { version: "1.2.3", hostname: "mars" });
  await following.roster.ready;
  assert.partialDeepStrictEqual(server.registrations, [{ version: "1.2.3", hostname: "mars" }]);
});

Deno.test("followByGrpc() follows who comes, who goes and who is removed", async () => {
  await using server = await StatusServer.start();
  server.agents = [ada];
  await using following = follow(server.address);
  const { roster } = following;
  await roster.ready;
  server.tell([bob]);
  await roster.until(() => roster.online.length === 2);
  server.tell([{ ...ada, isOnline: false }]);
  await roster.until(() => roster.find("agent_ada")?.is_online === false);
  server.tell([{ ...bob, removed: true }]);
  await roster.until(() => roster.find("agent_bob") === undefined);
  assert.deepEqual(roster.online, []);
});

Deno.test("followByGrpc() comes back with its session key when the stream breaks", async () => {
  await using server = await StatusServer.start();
  server.agents = [ada];
  await using following = follow(server.address);
  const { roster } = following;
  await roster.ready;
  server.agents = [bob];
  server.breakStreams();
  await roster.until(() => roster.find("agent_bob") !== undefined);
  assert.equal(roster.find("agent_ada"), undefined);
  assert.equal(server.registrations.at(-1)?.sessionKey, "key_of_broker_1");
});

Deno.test("followByGrpc() keeps what it knew while the server is away, and finds it again", async () => {
  const first = await StatusServer.start();
  first.agents = [ada];
  await using following = follow(first.address);
  const { roster } = following;
  await roster.ready;
  await first[Symbol.asyncDispose]();
  assert.equal(roster.find("agent_ada")?.is_online, true);
  await using second = await StatusServer.start(first.port);
  second.agents = [bob];
  second.tell([bob]);
  await roster.until(() => roster.find("agent_bob") !== undefined);
});

Deno.test("followByGrpc() waits for a server that starts later", async () => {
  const reserved = await StatusServer.start();
  await reserved[Symbol.asyncDispose]();
  await using following = follow(reserved.address);
  await using server = await StatusServer.start(reserved.port);
  server.agents = [ada];
  await following.roster.until(() => following.roster.find("agent_ada") !== undefined);
  assert.equal(following.identity.id, "broker_1");
});

Deno.test("followByGrpc() tries again while its id is taken", async () => {
  await using server = await StatusServer.start();
  server.refusals = ["The id broker_1 is in use.", "The id broker_1 is in use."];
  await using following = follow(server.address);
  await following.roster.ready;
  assert.equal(server.registrations.length, 3);
});
