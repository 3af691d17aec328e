/** What stood in the queue of an agent that is forgotten, on a real store, bus and roster. */
import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { ParleyError } from "../../shared/error.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { agentQueue, DEAD_LETTER_QUEUE } from "../../shared/model/queue.ts";
import type { Roster } from "../roster.ts";
import { type Ground, ground } from "../testing/rosters.ts";
import type { DeliveryContext } from "./context.ts";
import { Orphans } from "./orphans.ts";
import { WaitingRoom } from "./waiting_room.ts";

const server = serverPrincipal("server_1");
const GIVEN_ID = { agentName: "Ada", connectionType: "grpc", delivery: "queue" } as const;

interface Scene extends Pick<Ground, "clock" | "store"> {
  roster: Roster;
  bus: MessageBus;
  orphans: Orphans;
  /** What goes to its agent first. */
  released: Promise<string>;
  /** What went to its agent. */
  all: string[];
  /** Who left a question in its queue. */
  id: string;
}

/** An agent whose id the server chose left a question in its queue; after ten minutes it is forgotten. */
function scene(play: (scene: Scene) => Promise<void>): Promise<void> {
  return ground(async ({ open, clock, store }) => {
    await using bus = withRetry(await openBus("sqlite::memory:"));
    await using roster = await open();
    const { agentId: id } = await roster.register(GIVEN_ID);
    roster.open(id, "commands")[Symbol.dispose]();
    const released = Promise.withResolvers<string>();
    const all: string[] = [];
    const sessions = { load: () => Promise.resolve(undefined) };
    const isOurs = () => true;
    const context = { bus, store, server, roster, sessions, isOurs } as unknown as DeliveryContext;
    await using waiting = new WaitingRoom(context, async ({ message_id }) => {
      await store.conversations.change(server, message_id, { state: "delivered" });
      released.resolve(message_id);
      all.push(message_id);
    });
    roster.onChange((agents) => agents.forEach(({ agent_id }) => waiting.wake(agent_id)));
    using orphans = new Orphans(context, waiting);
    const rest = { message_type: "TEXT", conversation_id: "conv_1", receiver_id: id };
    await store.conversations.add(server, { message_id: "msg_asked", ...rest }, "delivered");
    for (const message_id of ["msg_asked", "msg_stranger"]) {
      await bus.publish(agentQueue(id), {
        id: message_id,
        headers: {},
        body: JSON.stringify({ message_id, ...rest }),
      });
    }
    clock.advance(10 * 60_000);
    assert.equal(roster.get(id), undefined);
    await play({ roster, bus, store, clock, orphans, released: released.promise, all, id });
  });
}

const stateOf = async ({ store }: Scene, id: string) => (await store.conversations.get(server, id))?.state;

Deno.test("what stood in the queue of an agent that was forgotten waits, and it gets it should it come after all", () =>
  scene(async (scene) => {
    const { bus, orphans, roster, clock, released, id } = scene;
    await orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "waiting");
    assert.deepEqual(await bus.pull(agentQueue(id), { limit: 10 }), []);
    const [letter] = await bus.pull(DEAD_LETTER_QUEUE, { limit: 10 });
    assert.equal(letter?.envelope.id, "msg_stranger");
    await roster.register({ ...GIVEN_ID, agentId: id });
    clock.advance(20);
    assert.equal(await released, "msg_asked");
  }));

Deno.test("what ended in an error meanwhile has been told, and waits no more", () =>
  scene(async (scene) => {
    await scene.store.conversations.change(server, "msg_asked", { state: "error" });
    await scene.orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "error");
    assert.deepEqual(await scene.bus.pull(agentQueue(scene.id), { limit: 10 }), []);
  }));

Deno.test("a server that starts finds the queues that are nobody's", () =>
  scene(async (scene) => {
    const { bus, roster, id } = scene;
    const context = { bus, store: scene.store, server, roster } as unknown as DeliveryContext;
    await using waiting = new WaitingRoom(context, () => Promise.resolve());
    using orphans = new Orphans(context, waiting);
    await orphans.load();
    await orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "waiting");
    assert.deepEqual(await bus.pull(agentQueue(id), { limit: 10 }), []);
  }));

Deno.test("the queue of an agent that is back is its own", () =>
  scene(async (scene) => {
    const { bus, orphans, roster, id } = scene;
    await roster.register({ ...GIVEN_ID, agentId: id });
    await orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "delivered");
    assert.equal((await bus.pull(agentQueue(id), { limit: 10 })).length, 2);
  }));

Deno.test("an agent that comes back while its queue is emptied gets each message once", () =>
  scene(async (scene) => {
    const { bus, orphans, roster, store, clock, id } = scene;
    const rest = { message_type: "TEXT", conversation_id: "conv_1", receiver_id: id };
    const ids = Array.from({ length: 250 }, (_, n) => `msg_more_${n}`);
    await Promise.all(ids.map(async (message_id) => {
      await store.conversations.add(server, { message_id, ...rest }, "delivered");
      await bus.publish(agentQueue(id), {
        id: message_id,
        headers: {},
        body: JSON.stringify({ message_id, ...rest }),
      });
    }));
    const emptied = orphans.takeBack();
    await roster.register({ ...GIVEN_ID, agentId: id });
    clock.advance(20);
    await emptied;
    await scene.released;
    const left = await bus.pull(agentQueue(id), { limit: 1_000 });
    const released = new Set(scene.all);
    assert.equal(released.size, scene.all.length);
    assert.ok(left.every(({ envelope }) => !released.has(envelope.id)));
  }));

Deno.test("a queue that cannot be emptied now is emptied the next time, and the others at once", () =>
  scene(async (scene) => {
    const { bus, orphans, roster, id } = scene;
    const { agentId: other } = await roster.register(GIVEN_ID);
    await roster.unregister(other, "test");
    scene.clock.advance(10 * 60_000);
    const pull = bus.pull.bind(bus);
    bus.pull = (queue, options) =>
      queue === agentQueue(id)
        ? Promise.reject(new ParleyError("unavailable", "Away."))
        : pull(queue, options);
    await orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "delivered");
    bus.pull = pull;
    await orphans.takeBack();
    assert.equal(await stateOf(scene, "msg_asked"), "waiting");
  }));

Deno.test("what cannot be decided on while the store is away goes back into its queue at once", () =>
  scene(async ({ bus, orphans, store, id }) => {
    const { conversations } = store;
    const get = conversations.get.bind(conversations);
    conversations.get = () => Promise.reject(new ParleyError("unavailable", "Away."));
    await orphans.takeBack();
    conversations.get = get;
    const back: string[] = [];
    for (let pulls = 0; pulls < 2 && back.length < 2; pulls++) {
      const deliveries = await bus.pull(agentQueue(id), { limit: 10, blockMs: 5_000 });
      back.push(...deliveries.map(({ envelope }) => envelope.id));
    }
    assert.deepEqual(back.sort(), ["msg_asked", "msg_stranger"]);
  }));
