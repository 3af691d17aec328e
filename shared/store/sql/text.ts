/** Texts as people see and search them: a conversation's title, and how a search compares. */
import { ParleyError } from "../../error.ts";

const TITLE_LENGTH = 60;
/** More than 60 characters of any script need. */
const TITLE_SOURCE_LENGTH = 2_000;
const QUERY_LENGTH = 200;

const PLAIN = /^[\x20-\x7e]*$/;
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Makes a title of a message's text: its first 60 characters as people count them, on one line, `…` where it was cut. */
export function titleOf(text: string): string {
  const line = storable(text.slice(0, TITLE_SOURCE_LENGTH)).replace(/\s+/gu, " ").trim();
  if (line.length <= TITLE_LENGTH) return line;
  const cut = endOf(line, TITLE_LENGTH - 1);
  return endOf(line, TITLE_LENGTH) === line.length ? line : `${line.slice(0, cut).trimEnd()}…`;
}

/** Finds where the first `count` characters end; the segmenter is slow, so plain letters go without it. */
function endOf(line: string, count: number): number {
  if (PLAIN.test(line.slice(0, count + 1))) return Math.min(count, line.length);
  let end = 0;
  for (const { index, segment } of characters.segment(line)) {
    if (count-- === 0) break;
    end = index + segment.length;
  }
  return end;
}

/** Folds a text so that a search finds it however its letters are cased or composed. */
export function foldForSearch(text: string): string {
  return storable(text).normalize("NFC").toLowerCase();
}

/** Makes the pattern that finds `query` anywhere, taken literally. Throws `invalid_message` over 200 characters. */
export function searchPattern(query: string): string {
  if (query.length > QUERY_LENGTH) {
    throw new ParleyError(
      "invalid_message",
      `Field 'q': at most ${QUERY_LENGTH} characters can be searched for.`,
    );
  }
  return `%${foldForSearch(query.trim()).replace(/[\\%_[]/g, "\\$&")}%`;
}

/** Drops what not every database can keep in a text: NUL, and halves of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
