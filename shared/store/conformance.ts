/** What every store must do, as one suite, so that a new database is finished when it passes. */
import { commandCases } from "./conformance/commands.ts";
import { conversationCases } from "./conformance/conversations.ts";
import { deadLetterCases } from "./conformance/dead_letters.ts";
import { errandCases } from "./conformance/errands.ts";
import { historyCases } from "./conformance/history.ts";
import { pagingCases } from "./conformance/paging.ts";
import { rosterCases } from "./conformance/roster.ts";
import { searchCases } from "./conformance/search.ts";
import { sessionCases } from "./conformance/sessions.ts";
import { taskCases } from "./conformance/tasks.ts";
import { twoServerCases } from "./conformance/two_servers.ts";
import { visibilityCases } from "./conformance/visibility.ts";
import { writeCases } from "./conformance/writes.ts";
import type { Store } from "./store.ts";

/** What is tried on a fresh, empty store; it rejects when the store breaks its promise. */
export type StoreCase = (store: Store) => Promise<void>;

/** What is tried on two stores, opened on one fresh, empty database. */
export type TwoStoreCase = (stores: [Store, Store]) => Promise<void>;

/** Names every case by the promise that it holds the store to. */
export const storeCases: Readonly<Record<string, StoreCase>> = {
  ...conversationCases,
  ...visibilityCases,
  ...pagingCases,
  ...searchCases,
  ...writeCases,
  ...sessionCases,
  ...rosterCases,
  ...deadLetterCases,
  ...historyCases,
  ...commandCases,
  ...taskCases,
  ...errandCases,
};

export interface StoreUnderTest {
  name: string;
  /** Opens a store with nothing in it. */
  open(): Promise<Store>;
  /** Opens two stores on one database with nothing in it, where a database lets several servers in. */
  openTwo?(): Promise<[Store, Store]>;
  /** Says which service is missing to test on. */
  missing?: string | undefined;
  /** Cases that this store cannot pass, each with the reason. */
  skip?: Readonly<Record<string, string>>;
}

/** Registers one test for each case. Throws when `skip` names a case that does not exist. */
export function storeConformance({ name, open, openTwo, missing, skip = {} }: StoreUnderTest): void {
  const unknown = Object.keys(skip).find((skipped) => !(skipped in storeCases));
  if (unknown !== undefined) throw new Error(`There is no case '${unknown}' to skip.`);
  const register = (promise: string, fn: () => Promise<void>) => {
    const reason = skip[promise] ?? missing;
    Deno.test({
      name: `${name}: ${promise}${reason ? ` (${reason})` : ""}`,
      ignore: reason !== undefined,
      fn,
    });
  };
  for (const [promise, run] of Object.entries(storeCases)) register(promise, () => runCase(run, open));
  if (!openTwo) return;
  for (const [promise, run] of Object.entries(twoServerCases)) register(promise, () => runTwo(run, openTwo));
}

/** Runs one case on a store of its own. */
export async function runCase(run: StoreCase, open: () => Promise<Store>): Promise<void> {
  await using store = await open();
  await run(store);
}

async function runTwo(run: TwoStoreCase, open: () => Promise<[Store, Store]>): Promise<void> {
  const [one, two] = await open();
  await using _one = one;
  await using _two = two;
  await run([one, two]);
}
