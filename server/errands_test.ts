import { strict as assert } from "node:assert";
import { setImmediate } from "node:timers";
import { openBus } from "../shared/bus/open.ts";
import type { MessageBus } from "../shared/bus/bus.ts";
import { ParleyError } from "../shared/error.ts";
import { serverPrincipal } from "../shared/model/principal.ts";
import { openStore } from "../shared/store/open.ts";
import type { ErrandStore, PeerRow, Store } from "../shared/store/store.ts";
import { type Errand, Errands } from "./errands.ts";
import { FakeClock } from "./presence/fake_clock.ts";
import { NOT_AN_AGENT } from "./presence/peer.ts";
import { Servers } from "./presence/servers.ts";

const errand = (to: string): Errand => ({ kind: "let_go", frontendId: "web_ada", to });

interface Side {
  errands: Errands;
  acted: string[];
  servers: Servers;
  /** Waits until so many errands were begun. */
  until(count: number): Promise<void>;
}

class Scene {
  readonly clock = new FakeClock();

  constructor(
    readonly store: Store,
    readonly bus: MessageBus,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async play(play: (scene: Scene) => Promise<void>): Promise<void> {
    await using resources = new AsyncDisposableStack();
    const store = resources.use(await openStore("sqlite::memory:"));
    await play(new Scene(store, resources.use(await openBus("sqlite::memory:")), resources));
  }

  /** Starts a server's errands; `act` is called before each is noted. */
  async side(
    id: string,
    { act = () => Promise.resolve(), store = this.store.errands, isDeaf = false }: {
      act?: (to: string) => Promise<void>;
      store?: ErrandStore;
      isDeaf?: boolean;
    } = {},
  ): Promise<Side> {
    const server = serverPrincipal(id);
    const bus = isDeaf
      ? { ...this.bus, emit: () => Promise.resolve(), subscribe: () => Promise.reject(new Error()) }
      : this.bus;
    const shared = { server, clock: this.clock };
    const servers = this.resources.use(new Servers({ ...shared, store: this.store.roster, isShared: true }));
    const errands = this.resources.use(new Errands({ ...shared, store, bus: bus as MessageBus, servers }));
    const acted: string[] = [];
    let woken = Promise.withResolvers<void>();
    await errands.start(async (given) => {
      const { to } = given as Errand & { kind: "let_go" };
      await act(to);
      acted.push(to);
      woken.resolve();
      woken = Promise.withResolvers();
    });
    const until = async (count: number) => {
      while (acted.length < count) await woken.promise;
    };
    return { errands, acted, servers, until };
  }

  /** Waits until nothing is left for a server. */
  async nothingLeft(id: string): Promise<void> {
    while ((await this.store.errands.list(serverPrincipal(id), id, 1)).length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

Deno.test("what is left for a server it acts on when it is woken, in its order, once, and it is gone then", () =>
  Scene.play(async (scene) => {
    const one = await scene.side("server_1");
    const other = await scene.side("server_2");
    const ids = Array.from({ length: 700 }, (_, index) => `${index}`);
    for (const id of ids) void one.errands.leave("server_2", errand(id));
    await other.until(ids.length);
    await scene.nothingLeft("server_2");
    assert.deepEqual(other.acted, ids);
    assert.deepEqual(one.acted, []);
  }));

Deno.test("what fails is tried again where that may help, and holds up nothing else", () =>
  Scene.play(async (scene) => {
    let failures = 0;
    const act = (to: string): Promise<void> => {
      if (to === "never") return Promise.reject(new ParleyError("not_found", "There is none."));
      if (to !== "later" || failures++ > 0) return Promise.resolve();
      return Promise.reject(new ParleyError("unavailable", "Not now."));
    };
    const one = await scene.side("server_1");
    const other = await scene.side("server_2", { act });
    for (const to of ["later", "never", "now"]) await one.errands.leave("server_2", errand(to));
    await other.until(1);
    await one.errands.leave("server_2", errand("last"));
    await other.until(3);
    await scene.nothingLeft("server_2");
    assert.deepEqual([other.acted.toSorted(), failures], [["last", "later", "now"], 2]);
  }));

Deno.test("a server that is not woken finds what is left for it by itself", () =>
  Scene.play(async (scene) => {
    const deaf = await scene.side("server_2", { isDeaf: true });
    const one = await scene.side("server_1");
    await scene.store.roster.save(serverPrincipal("server_1"), word(scene, "server_1"));
    await deaf.servers.look();
    await one.errands.leave("server_2", errand("x"));
    scene.clock.advance(2_000);
    await deaf.until(1);
  }));

Deno.test("what is left for a server that is gone is taken over", () =>
  Scene.play(async (scene) => {
    const one = await scene.side("server_1");
    await one.errands.leave("server_gone", errand("x"));
    const other = await scene.side("server_2");
    await other.until(1);
    await scene.nothingLeft("server_gone");
  }));

Deno.test("what is said is heard by that server alone, and not kept", () =>
  Scene.play(async (scene) => {
    const one = await scene.side("server_1");
    const other = await scene.side("server_2");
    const third = await scene.side("server_3");
    one.errands.say("server_2", errand("x"));
    await other.until(1);
    assert.deepEqual([one.acted, third.acted], [[], []]);
    assert.deepEqual(await scene.store.errands.list(serverPrincipal("server_1"), "server_2", 10), []);
  }));

function word({ clock }: Scene, id: string): PeerRow {
  const now = new Date(clock.now()).toISOString();
  return {
    ...NOT_AN_AGENT,
    id,
    kind: "server",
    name: "",
    connection_type: "grpc",
    session_key_hash: "",
    status: "offline",
    registered_at: now,
    last_seen: now,
    server_id: id,
  };
}
