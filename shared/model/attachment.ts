/**
 * Text files that a message brings: they stand at the end of its text, so that whoever knows nothing of attachments reads
 * them all the same, a model above all.
 */

/** A file at the end of a message's text; no interface, which the loose objects of a message would not take. */
export type Attachment = {
  /** One line of 1 to 200 characters. */
  name: string;
  /** Of the file's text, in units of UTF-16. */
  length: number;
};

/** A text file. */
export interface TextFile {
  name: string;
  text: string;
}

/** The same as `attachments` of a message says it: whoever sent that may have said anything. */
type Said = { name?: unknown; length?: unknown } | null;

const LONGEST_NAME = 200;
/** Line breaks, terminal escapes, and what turns the direction of the text that follows. */
const MISLEADING = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;
const NO_NAME = "file";

/** Puts files behind a text: for each a line with its name, and a fenced block that its own text cannot end. */
export function joinAttachments(
  text: string,
  files: readonly TextFile[],
): { text_payload: string; attachments: Attachment[] } {
  const named = files.map((file) => ({ name: nameOf(file.name), text: file.text }));
  return {
    text_payload: text + named.map(blockOf).join(""),
    attachments: named.map(({ name, text }) => ({ name, length: text.length })),
  };
}

/** Takes apart what `joinAttachments` has put together. What does not fit in every place is all text. */
export function splitAttachments(
  textPayload: string,
  attachments: readonly Said[] | null | undefined,
): { text: string; files: TextFile[] } {
  const files: TextFile[] = [];
  let text = textPayload;
  const all = Array.isArray(attachments) ? attachments : [];
  for (const said of all.toReversed()) {
    const file = lastFileOf(text, said);
    if (!file) return { text: textPayload, files: [] };
    files.unshift(file);
    text = text.slice(0, -blockOf(file).length);
  }
  return { text, files };
}

/** Makes a name that is one line, and not too long. */
function nameOf(given: string): string {
  const line = given.toWellFormed().replace(MISLEADING, " ").trim();
  return line.slice(0, LONGEST_NAME).replace(/[\uD800-\uDBFF]$/, "").trim() || NO_NAME;
}

function blockOf({ name, text }: TextFile): string {
  const fence = fenceFor(text);
  // With a word behind it, the first fence cannot end a block that the text before has left open.
  return `\n\nFile: ${name}\n\n${fence}text\n${text}\n${fence}`;
}

/** Makes a fence that is longer than any that stands in a text. */
function fenceFor(text: string): string {
  let longest = 2;
  for (const [ticks] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, ticks.length);
  return "`".repeat(longest + 1);
}

/** Finds the file that stands last; undefined where there is not exactly that. */
function lastFileOf(text: string, said: Said): TextFile | undefined {
  if (typeof said?.name !== "string" || !Number.isSafeInteger(said.length)) return undefined;
  const length = said.length as number;
  let end = text.length;
  while (text[end - 1] === "`") end--;
  // The line break before the fence.
  end--;
  if (length < 0 || length > end) return undefined;
  const file = { name: said.name, text: text.slice(end - length, end) };
  return file.name === nameOf(file.name) && text.endsWith(blockOf(file)) ? file : undefined;
}
