/** The conformance suite on the stores there are, and held itself to the test: broken stores must fail it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runCase, storeCases, storeConformance } from "./conformance.ts";
import { server } from "./conformance/fixtures.ts";
import { openStore } from "./open.ts";
import type { ConversationStore, Store } from "./store.ts";

storeConformance({ name: "SQLite in memory", open: () => openStore("sqlite::memory:") });
storeConformance({ name: "SQLite file", open: openTemporary });

/** Opens a store on a file whose directory goes when the store is closed. */
async function openTemporary(): Promise<Store> {
  const directory = await Deno.makeTempDir();
  const store = await openStore(`sqlite:${join(directory, "parley.db")}`);
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true }).catch(() => {});
    },
  };
}

/** A way to break a store, and the case that must see it. */
interface Breakage {
  seenBy: string;
  break(whole: ConversationStore): Partial<ConversationStore>;
}

const BREAKAGES: Record<string, Breakage> = {
  "shows everybody everything": {
    seenBy: "a person sees its own conversations, the server all, another person and tenant none",
    break: (whole) => ({
      find: (principal, id) => whole.find({ ...server, tenantId: principal.tenantId }, id),
    }),
  },
  "mixes tenants": {
    seenBy: "the same ids in two tenants are two things",
    break: (whole) => ({ add: (_principal, message, state) => whole.add(server, message, state) }),
  },
  "says that it added what it knew": {
    seenBy: "add() of a known id resolves to false and changes nothing",
    break: (whole) => ({ add: (...given) => whole.add(...given).then(() => true) }),
  },
  "does not see what it is still writing": {
    seenBy: "a read sees every write that was asked for before it, resolved or not",
    break(whole) {
      const writing = new Set<string>();
      return {
        async add(...given) {
          const { message_id } = given[1];
          writing.add(message_id);
          return await whole.add(...given).finally(() => writing.delete(message_id));
        },
        get: async (principal, id) => writing.has(id) ? undefined : await whole.get(principal, id),
      };
    },
  },
  "forgets what a change says of the message": {
    seenBy: "change() changes the message and what queries find",
    break: (whole) => ({ change: (principal, id, { state }) => whole.change(principal, id, { state }) }),
  },
  "changes out of order": {
    seenBy: "changes of one message apply in the order they were asked for",
    break(whole) {
      let held: () => Promise<void> = () => Promise.resolve();
      return {
        async change(...given) {
          if (given[2].state !== "routed") return await whole.change(...given).then(() => held());
          held = () => whole.change(...given);
        },
      };
    },
  },
  "ignores the cursor": {
    seenBy: "a cursor nobody gave is refused",
    break: (whole) => ({ list: (principal, { cursor: _, ...page }) => whole.list(principal, page) }),
  },
  "leaves the messages of what it removes": {
    seenBy: "remove() removes a conversation of any length with its messages, and no other",
    break: () => ({ remove: () => Promise.resolve(true) }),
  },
};

for (const [what, { seenBy, break: breaking }] of Object.entries(BREAKAGES)) {
  Deno.test(`storeConformance() sees a store that ${what}`, async () => {
    const run = storeCases[seenBy];
    assert.ok(run, `There is no case '${seenBy}'.`);
    await assert.rejects(runCase(run, () => openBroken(breaking)), assert.AssertionError);
  });
}

async function openBroken(breaking: Breakage["break"]): Promise<Store> {
  const store = await openStore("sqlite::memory:");
  return { ...store, conversations: broken(store.conversations, breaking) };
}

/** Lays the broken methods over the whole ones. */
function broken(whole: ConversationStore, breaking: Breakage["break"]): ConversationStore {
  const replaced = breaking(whole);
  return new Proxy(whole, {
    get(target, name) {
      const method = Reflect.get(name in replaced ? replaced : target, name);
      return typeof method === "function" ? method.bind(name in replaced ? replaced : target) : method;
    },
  });
}

Deno.test("storeConformance() refuses to skip a case that does not exist", () => {
  const skip = { "no such case": "because" };
  assert.throws(() => storeConformance({ name: "any", open: openTemporary, skip }), /no such case/);
});
