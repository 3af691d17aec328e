/** What every store must do, as one suite, so that a new database is finished when it passes. */
import { commandCases } from "./conformance/commands.ts";
import { conversationCases } from "./conformance/conversations.ts";
import { deadLetterCases } from "./conformance/dead_letters.ts";
import { historyCases } from "./conformance/history.ts";
import { pagingCases } from "./conformance/paging.ts";
import { rosterCases } from "./conformance/roster.ts";
import { searchCases } from "./conformance/search.ts";
import { sessionCases } from "./conformance/sessions.ts";
import { visibilityCases } from "./conformance/visibility.ts";
import { writeCases } from "./conformance/writes.ts";
import type { Store } from "./store.ts";

/** What is tried on a fresh, empty store; it rejects when the store breaks its promise. */
export type StoreCase = (store: Store) => Promise<void>;

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
};

export interface StoreUnderTest {
  name: string;
  /** Opens a store with nothing in it. */
  open(): Promise<Store>;
  /** Cases that this store cannot pass, each with the reason. */
  skip?: Readonly<Record<string, string>>;
}

/** Registers one test for each case. Throws when `skip` names a case that does not exist. */
export function storeConformance({ name, open, skip = {} }: StoreUnderTest): void {
  const unknown = Object.keys(skip).find((skipped) => !(skipped in storeCases));
  if (unknown !== undefined) throw new Error(`There is no case '${unknown}' to skip.`);
  for (const [promise, run] of Object.entries(storeCases)) {
    const reason = skip[promise];
    Deno.test({
      name: `${name}: ${promise}${reason ? ` (${reason})` : ""}`,
      ignore: reason !== undefined,
      fn: () => runCase(run, open),
    });
  }
}

/** Runs one case on a store of its own. */
export async function runCase(run: StoreCase, open: () => Promise<Store>): Promise<void> {
  await using store = await open();
  await run(store);
}
