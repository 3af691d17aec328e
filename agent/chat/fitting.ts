/** A question with files that are too long for a model: the files are cut, and the question stays. */
import {
  type Attachment,
  joinAttachments,
  splitAttachments,
  type TextFile,
} from "../../shared/model/attachment.ts";

/** What of a message this is about. */
interface Asked {
  text_payload?: string | null | undefined;
  attachments?: readonly Attachment[] | null | undefined;
}

const CUT = "\n[The rest of this file is left out: it is too long.]";

/** Gives a message's text, its files cut where it has more than `budget` characters; the shortest stay whole first. */
export function fitting({ text_payload, attachments }: Asked, budget: number): string {
  const given = text_payload ?? "";
  const { text, files } = splitAttachments(given, attachments);
  if (given.length <= budget || files.length === 0) return given;
  const room = budget - (given.length - lengthOf(files));
  return joinAttachments(text, cut(files, room)).text_payload;
}

function cut(files: readonly TextFile[], room: number): TextFile[] {
  const result = [...files];
  const byLength = files.map((_, index) => index).sort((a, b) =>
    files[a]!.text.length - files[b]!.text.length
  );
  let left = room;
  byLength.forEach((index, done) => {
    const share = Math.floor(left / (files.length - done));
    const file = files[index]!;
    result[index] = { ...file, text: startOf(file.text, share) };
    left -= result[index].text.length;
  });
  return result;
}

/** Takes the first characters and says that there were more, without half of a pair that makes one character. */
function startOf(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, Math.max(0, length - CUT.length)).replace(/[\uD800-\uDBFF]$/, "") + CUT;
}

function lengthOf(files: readonly TextFile[]): number {
  return files.reduce((sum, { text }) => sum + text.length, 0);
}
