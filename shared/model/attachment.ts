/** Text files that go along with a message: they stand at the end of its text, so that whoever reads text reads them too. */

/** A file, as those who write and show messages have it. */
export interface AttachedFile {
  name: string;
  text: string;
}

/** What a message says of a file that stands in its text: its name, and its length in UTF-16 units. */
export interface Attachment {
  name: string;
  length: number;
}

const LONGEST_NAME = 200;

/** Puts files behind a text, each in a block that nothing in it can end. A name becomes one line without controls. */
export function joinAttachments(
  text: string,
  files: readonly AttachedFile[],
): { text_payload: string; attachments: Attachment[] } {
  const named = files.map(({ name, text }) => ({ name: nameOf(name), text }));
  return {
    text_payload: text + named.map(blockOf).join(""),
    attachments: named.map(({ name, text: { length } }) => ({ name, length })),
  };
}

/** Takes files off the end of a text. Where it does not end as `attachments` says, all of it is text. */
export function splitAttachments(
  text_payload: string,
  attachments: readonly Attachment[],
): { text: string; files: AttachedFile[] } {
  const files: AttachedFile[] = [];
  let text = text_payload;
  for (const { name, length } of attachments.toReversed()) {
    const end = fenceOf(text) - 1;
    const file = { name, text: text.slice(Math.max(0, end - length), end) };
    const block = blockOf(file);
    if (file.text.length !== length || !text.endsWith(block)) return { text: text_payload, files: [] };
    files.unshift(file);
    text = text.slice(0, -block.length);
  }
  return { text, files };
}

/** Gives where the row of backticks begins that a text ends with. */
function fenceOf(text: string): number {
  let at = text.length;
  while (text[at - 1] === "`") at--;
  return at;
}

function blockOf({ name, text }: AttachedFile): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `\n\nFile: ${name}\n${fence}\n${text}\n${fence}`;
}

function nameOf(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").slice(0, LONGEST_NAME)
    .trim() ||
    "file";
}
