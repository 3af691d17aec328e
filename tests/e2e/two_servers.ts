/** Two servers in this process, on one store and one bus, for the tests of what several servers share. */
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { openStore } from "../../shared/store/open.ts";
import { missingPostgres, openTestDatabase } from "../../shared/store/testing/postgres.ts";
import { Hub } from "../../server/testing/hub.ts";

const missing = await missingPostgres();

export type Two = [one: Hub, other: Hub];

/** Opens two servers that share what each has connections of its own to. */
async function onPostgres(resources: AsyncDisposableStack): Promise<Two> {
  const { url } = resources.use(await openTestDatabase());
  const open = async () =>
    resources.use(
      await Hub.open({
        store: resources.use(await openStore(url())),
        bus: resources.use(withRetry(await openBus(url()), { firstDelayMs: 1 })),
      }),
    );
  return [await open(), await open()];
}

/** Opens two servers on one store and one bus in this process, as if they could be shared. */
async function inMemory(resources: AsyncDisposableStack): Promise<Two> {
  const store = resources.use(await openStore("sqlite::memory:"));
  const bus = resources.use(withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 }));
  const open = async () => resources.use(await Hub.open({ store: { ...store, isShared: true }, bus }));
  return [await open(), await open()];
}

/** Registers a test for servers that share what is in memory, and for servers on PostgreSQL. */
export function serversTest(
  what: string,
  run: (two: Two, resources: AsyncDisposableStack) => Promise<void>,
): void {
  for (const [name, open] of [["in memory", inMemory], ["PostgreSQL", onPostgres]] as const) {
    const reason = name === "PostgreSQL" ? missing : undefined;
    Deno.test({
      name: `${name}: ${what}${reason ? ` (${reason})` : ""}`,
      ignore: reason !== undefined,
      fn: async () => {
        await using resources = new AsyncDisposableStack();
        await run(await open(resources), resources);
      },
    });
  }
}
