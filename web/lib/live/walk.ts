/** Everything of a list, page by page: lists are no longer than the server gives at once. */
import type { Listed } from "../server/server_api.ts";
import { ask } from "./api.ts";
import { patiently } from "./patiently.ts";

export interface WalkOptions<Item> {
  /** Ends it, at the latest after the page that is read. */
  signal?: AbortSignal | undefined;
  read?(path: string, signal?: AbortSignal): Promise<Listed<Item>>;
}

/** Gives the pages from the first to the last; `pathOf` says where one is. Waits where the server asks for it. Throws `ApiError`. */
export async function* walk<Item>(
  pathOf: (cursor: string) => string,
  { signal, read = (path, signal) => ask(path, { signal }) }: WalkOptions<Item> = {},
): AsyncGenerator<readonly Item[]> {
  for (let cursor: string | null = ""; cursor !== null && !signal?.aborted;) {
    const path: string = pathOf(cursor);
    const page: Listed<Item> = await patiently(() => read(path, signal), { signal });
    if (signal?.aborted) return;
    yield page.items;
    cursor = page.next_cursor;
  }
}
