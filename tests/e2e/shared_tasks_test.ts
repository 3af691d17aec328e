/** Several servers on one store and one bus share tasks. */
import { strict as assert } from "node:assert";
import { Agent } from "../../agent/mod.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import { missingPostgres, openTestDatabase } from "../../shared/store/testing/postgres.ts";
import { TestPeer } from "../../server/grpc/testing/peer.ts";
import { Hub } from "../../server/testing/hub.ts";

/** What two servers share. */
interface Shared {
  open(resources: AsyncDisposableStack): Promise<{ store: Store; bus: MessageBus }>;
}

/** Makes what is shared, for as long as `resources` are. */
type Backend = (resources: AsyncDisposableStack) => Promise<Shared>;

/** One store and one bus in this process, as if they could be shared. */
const inMemory: Backend = async (resources) => {
  const store = resources.use(await openStore("sqlite::memory:"));
  const bus = resources.use(withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 }));
  return { open: () => Promise.resolve({ store: { ...store, isShared: true }, bus }) };
};

/** One database, that each server has connections of its own to. */
const onPostgres: Backend = async (resources) => {
  const { url } = resources.use(await openTestDatabase());
  return {
    open: async (resources) => ({
      store: resources.use(await openStore(url())),
      bus: resources.use(withRetry(await openBus(url()), { firstDelayMs: 1 })),
    }),
  };
};

const BACKENDS: [name: string, backend: Backend, missing: string | undefined][] = [
  ["in memory", inMemory, undefined],
  ["PostgreSQL", onPostgres, await missingPostgres()],
];

function test(
  what: string,
  run: (servers: string[], resources: AsyncDisposableStack, hub: Hub) => Promise<void>,
): void {
  for (const [name, backend, missing] of BACKENDS) {
    Deno.test({
      name: `${name}: ${what}${missing ? ` (${missing})` : ""}`,
      ignore: missing !== undefined,
      fn: async () => {
        await using resources = new AsyncDisposableStack();
        const shared = await backend(resources);
        const hubs = [await openHub(shared, resources), await openHub(shared, resources)];
        await run(hubs.map(({ server }) => `127.0.0.1:${server.grpcPort}`), resources, hubs[0]!);
      },
    });
  }
}

async function openHub(shared: Shared, resources: AsyncDisposableStack): Promise<Hub> {
  return resources.use(await Hub.open({ ...await shared.open(resources), hasBroker: false }));
}

interface WorkerOptions {
  server: string;
  name: string;
  ran: string[];
  /** What each task waits for. */
  until?: Promise<void>;
  onTask?: () => void;
}

async function worker(
  { server, name, ran, until, onTask }: WorkerOptions,
  resources: AsyncDisposableStack,
): Promise<Agent> {
  const agent = new Agent({ name, server, maxConcurrent: 4 });
  agent.onTask("count", async (task) => {
    ran.push(`${task.id}:${task.attempt}`);
    onTask?.();
    await until;
    return name;
  });
  resources.use(agent);
  await agent.start();
  return agent;
}

test(
  "several servers on one store give each task to one agent, wherever it was asked for",
  async ([one = "", other = ""], resources) => {
    const ran: string[] = [];
    const bobHasOne = Promise.withResolvers<void>();
    const asker = await worker({ server: one, name: "Ada", ran, until: bobHasOne.promise }, resources);
    await worker({ server: other, name: "Bob", ran, onTask: bobHasOne.resolve }, resources);
    const ids =
      (await asker.tasks.submitAll(Array.from({ length: 300 }, () => ({ task_type: "count" })))) as string[];
    const signal = AbortSignal.timeout(60_000);
    const names = await Promise.all(ids.map((id) => asker.tasks.result(id, signal)));
    assert.equal(ran.length, ids.length);
    assert.equal(new Set(ran).size, ids.length);
    assert.deepEqual([...new Set(names)].toSorted(), ["Ada", "Bob"]);
  },
);

test(
  "a task that nobody can do at the server where it was asked for starts at another",
  async ([one = "", other = ""], resources) => {
    const asker = resources.use(new Agent({ name: "Ada", server: one }));
    await asker.start();
    await worker({ server: other, name: "Bob", ran: [] }, resources);
    const id = await asker.tasks.submit({ task_type: "count" });
    assert.equal(await asker.tasks.result(id, AbortSignal.timeout(60_000)), "Bob");
  },
);

test(
  "cancelling at one server stops the handler of an agent at another",
  async ([one = "", other = ""], resources) => {
    const asker = resources.use(new Agent({ name: "Ada", server: one }));
    await asker.start();
    const started = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const bob = resources.use(new Agent({ name: "Bob", server: other }));
    bob.onTask("long", (task) => {
      started.resolve();
      return new Promise((_, reject) =>
        task.signal.addEventListener("abort", () => {
          stopped.resolve();
          reject(task.signal.reason);
        })
      );
    });
    await bob.start();
    const id = await asker.tasks.submit({ task_type: "long" });
    await started.promise;
    assert.equal((await asker.tasks.cancel(id)).status, "cancelled");
    await stopped.promise;
  },
);

test(
  "what an agent says by a queue counts, whichever server reads it, and the agent keeps its task",
  async ([one = "", other = ""], resources, hub) => {
    const asker = resources.use(new Agent({ name: "Ada", server: other }));
    await asker.start();
    const peer = resources.use(new TestPeer(one));
    await peer.register({ agentId: "agent_peer", capabilities: { carve: "true" }, maxConcurrentTasks: 1 });
    const signal = AbortSignal.timeout(60_000);
    const taskId = await asker.tasks.submit({ task_type: "carve" });
    const [given] = await hub.bus.pull("agent_queue_agent_peer", { limit: 1, blockMs: 20_000 });
    await given!.settle({ kind: "ack" });
    const say = (fields: object) =>
      hub.publish({ message_type: "TASK_RESPONSE", sender_id: "agent_peer", task_id: taskId, ...fields });
    const updates = asker.tasks.watch({ taskId }, signal);
    // So many that both servers read some of them.
    for (const progress of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) {
      await say({ message_id: `msg_${progress}`, status: "in_progress", progress });
      let told = await updates.next();
      while (told.value?.progress !== progress) told = await updates.next();
    }
    await say({ message_id: "msg_end", status: "completed", result: "carved" });
    const { attempts, result } = await asker.tasks.ended(taskId, signal);
    assert.deepEqual([attempts.length, attempts[0]?.agent_id, result], [1, "agent_peer", "carved"]);
    await updates.return(undefined);
  },
);
