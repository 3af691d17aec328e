/** Pages of a list that is in memory. */
import { ParleyError } from "../../shared/error.ts";
import type { Page } from "../../shared/store/store.ts";

/** Gives the page of `items` that begins where `cursor` says. Throws `invalid_message` for a cursor that none of ours is. */
export function sliceOf<T>(
  items: T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Page<T> {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    throw new ParleyError("invalid_message", "Field 'cursor': use the next_cursor of an earlier page.");
  }
  const from = Number(cursor ?? 0);
  const to = from + limit;
  return { items: items.slice(from, to), next_cursor: to < items.length ? String(to) : null };
}
