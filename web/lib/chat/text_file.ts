/** Files that people add to a question: text, and not too much of it. */

import type { TextFile } from "../../../shared/model/attachment.ts";

export type { TextFile };

/** Bytes in one file. */
export const LONGEST_FILE = 262_144;
/** Bytes in the files of one question, so that it fits in a frame with what JSON adds. */
export const LONGEST_FILES = 524_288;

export type Refusal = "tooLarge" | "notText";

/** Reads a file. Gives why it is not taken where it is too large, or is no text in UTF-8. */
export async function readTextFile(file: Blob & { name: string }): Promise<TextFile | Refusal> {
  if (file.size > LONGEST_FILE) return "tooLarge";
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.includes("\0") ? "notText" : { name: file.name, text };
  } catch {
    return "notText";
  }
}
