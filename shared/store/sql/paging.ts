/** Paging: lists go from new to old by position, and a cursor names the last position that was seen. */
import { ParleyError } from "../../error.ts";
import type { Page, PageOptions } from "../store.ts";

/** The kinds of list, so that a cursor of one is refused by another. */
export type ListKind =
  | "conversations"
  | "messages"
  | "messages_of"
  | "dead_letters"
  | "history"
  | "commands"
  | "tasks";

/** Greater than every position. */
const START = Number.MAX_SAFE_INTEGER;
const CURSOR = /^([a-z_]{1,20}):([1-9][0-9]{0,15})$/;

/** Reads which position the page lies below. Throws `invalid_message` for a cursor that this list has not given. */
export function positionBelow(kind: ListKind, cursor: string | undefined): number {
  if (cursor === undefined) return START;
  const [, ofKind, digits] = CURSOR.exec(cursor) ?? [];
  const position = Number(digits);
  if (ofKind !== kind || !Number.isSafeInteger(position)) {
    throw new ParleyError(
      "invalid_message",
      "Field 'cursor': give what an earlier page named 'next_cursor'.",
    );
  }
  return position;
}

/** Checks a page's size. Throws `invalid_message` when it is not a whole number from 1 to `most`. */
export function limitOf({ limit }: PageOptions, most: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new ParleyError("invalid_message", `Field 'limit': allowed is a whole number, 1 to ${most}.`);
}

/** Makes a page of `rows`, of which one more than `limit` was asked for to learn whether there are more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  read: { item: (row: Row) => Item; position: (row: Row) => number; kind: ListKind },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(read.item), next_cursor: more ? `${read.kind}:${read.position(last)}` : null };
}
