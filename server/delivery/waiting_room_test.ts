import assert from "node:assert/strict";
import { newId } from "../../shared/model/id.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import type { StoredMessage } from "../../shared/store/store.ts";
import type { DeliveryContext } from "./context.ts";
import { WaitingRoom } from "./waiting_room.ts";

const server = serverPrincipal("server_1");
type Waiting = StoredMessage["message"];

interface Scene {
  room: WaitingRoom;
  agent: { isReachable: boolean };
  ids: string[];
  released: string[];
  taken: string[];
  /** Called when a sender's session is loaded, just before its message is released. */
  onLoad: () => void;
  take: (message: Waiting) => Promise<void>;
  /** Resolves once everything was released or taken. */
  over: Promise<void>;
}

/** Has more messages waiting for `agent_1` than one page. */
async function scene(play: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  const { conversations } = store;
  const [released, taken]: string[][] = [[], []];
  const over = Promise.withResolvers<void>();
  const ids = Array.from({ length: 120 }, () => newId("msg"));
  const end = (list: string[]) => async ({ message_id }: Waiting) => {
    await conversations.change(server, message_id, { state: list === taken ? "error" : "delivered" });
    list.push(message_id);
    if (released!.length + taken!.length >= ids.length) over.resolve();
  };
  const rest = { message_type: "TEXT", conversation_id: "conv_1", receiver_id: "agent_1" };
  await Promise.all(ids.map((message_id) => conversations.add(server, { message_id, ...rest }, "waiting")));
  const agent = { isReachable: false };
  const roster = { isReachable: () => agent.isReachable };
  const sessions = { load: () => Promise.resolve(scene.onLoad()) };
  const isOurs = () => true;
  const context = { store, server, roster, sessions, isOurs } as unknown as DeliveryContext;
  await using room = new WaitingRoom(context, end(released!));
  await room.load();
  const scene: Scene = {
    room,
    agent,
    ids,
    released: released!,
    taken: taken!,
    onLoad: () => {},
    take: end(taken!),
    over: over.promise,
  };
  await play(scene);
}

Deno.test("empty() takes everything that waits, in order, also for an agent that could not be reached", () =>
  scene(async ({ room, ids, taken, released, take }) => {
    await room.empty("agent_1", take);
    assert.deepEqual([taken, released], [ids, []]);
  }));

for (const first of ["wake", "empty"] as const) {
  Deno.test(`empty() takes nothing that is released, when ${first}() comes first`, () =>
    scene(async ({ room, agent, ids, taken, released, take, over }) => {
      agent.isReachable = true;
      if (first === "wake") room.wake("agent_1");
      const emptied = room.empty("agent_1", take);
      room.wake("agent_1");
      await Promise.all([emptied, over]);
      assert.deepEqual([...released, ...taken].sort(), [...ids].sort());
      assert.equal((first === "wake" ? taken : released).length, 0);
    }));
}

Deno.test("empty() rejects with what failed, and the rest is released when its agent is there", () =>
  scene(async ({ room, agent, ids, released, over }) => {
    agent.isReachable = true;
    const failing = () => Promise.reject(new Error("The disk is full."));
    await assert.rejects(room.empty("agent_1", failing), /disk is full/);
    await over;
    assert.deepEqual(released, ids);
  }));

Deno.test("an agent that is paused while its messages are read gets none of them", () =>
  scene(async (scene) => {
    const { room, agent, released, taken, take, ids } = scene;
    const loaded = Promise.withResolvers<void>();
    scene.onLoad = () => {
      agent.isReachable = false;
      loaded.resolve();
    };
    agent.isReachable = true;
    room.wake("agent_1");
    await loaded.promise;
    // It is emptied once that is over.
    await room.empty("agent_1", take);
    assert.deepEqual([released, taken], [[], ids]);
  }));

Deno.test("emptying that fails for one message has ended with all that were begun with it", () =>
  scene(async ({ room, ids, take }) => {
    let ended = 0;
    const emptied = room.empty("agent_1", async (message) => {
      if (message.message_id === ids[0]) throw new Error("no");
      await take(message);
      ended++;
    });
    await assert.rejects(emptied, /no/);
    assert.equal(ended, 49);
  }));
