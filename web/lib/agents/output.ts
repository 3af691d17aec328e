/** What a command printed, as blocks of lines that are drawn once and then only added to. */
import { plainOutput, wholeOutput } from "./plain_output.ts";

/** Where a text was printed; undefined where that was not told. */
export type Stream = "stdout" | "stderr";

export interface Block {
  /** Its number, from the first that there was. */
  key: number;
  stream: Stream;
  text: string;
}

export interface Output {
  blocks: readonly Block[];
  /** Characters that are drawn. */
  length: number;
  /** Whether there was more than is drawn. */
  isCut: boolean;
  /** Whether some of it was told without the stream that it was printed to: that is drawn as standard output. */
  isMixed: boolean;
  /** All that was printed since it was known from its beginning: to tell whether a later text goes on with it. */
  received: string;
  /** What the next piece of a stream may go on with: half an escape sequence. */
  rests: Readonly<Record<Stream, string>>;
  nextKey: number;
}

/** Characters that are drawn of one output, and those of one block: a longer one is slow to add to. */
export const MOST_DRAWN = 500_000;
const LONGEST_BLOCK = 8_000;
const MOST_BLOCKS = 1_000;
/** Characters of what was received that are remembered: more than the server keeps. */
const MOST_REMEMBERED = 4_000_000;
/** Characters at the end by which two outputs are taken for the same. */
const SAME_END = 1_000;

export const NO_OUTPUT: Output = {
  blocks: [],
  length: 0,
  isCut: false,
  isMixed: false,
  received: "",
  rests: { stdout: "", stderr: "" },
  nextKey: 0,
};

/** Adds what was printed to a stream. */
export function printed(output: Output, text: string, stream: Stream): Output {
  const { shown, rest } = plainOutput(output.rests[stream] + text);
  const rests = { ...output.rests, [stream]: rest };
  const received = remembered(output.received + text);
  return withText({ ...output, rests, received }, shown, stream);
}

/**
 * Takes in all that was printed so far, as the server tells it without the streams: where it goes on with what was
 * heard, that stays as it is. The server keeps no more than the beginning and the end (`isShortened`).
 */
export function caughtUp(output: Output, whole: string, isShortened = false): Output {
  const { received } = output;
  if (whole === received) return output;
  if (isShortened && received.length >= whole.length && received.endsWith(whole.slice(-SAME_END))) {
    return output;
  }
  const known = whole.startsWith(received) ? output : { ...NO_OUTPUT, nextKey: output.nextKey };
  return { ...printed(known, whole.slice(known.received.length), "stdout"), isMixed: true };
}

/** Shows the ends that were kept back, because nothing more comes. */
export function ended(output: Output): Output {
  const { rests } = output;
  if (rests.stdout === "" && rests.stderr === "") return output;
  const done = { ...output, rests: NO_OUTPUT.rests };
  return withText(withText(done, wholeOutput(rests.stdout), "stdout"), wholeOutput(rests.stderr), "stderr");
}

function remembered(received: string): string {
  return received.length > MOST_REMEMBERED ? received.slice(-MOST_REMEMBERED / 2) : received;
}

function withText(output: Output, text: string, stream: Stream): Output {
  if (text === "") return output;
  const blocks = [...output.blocks];
  let { nextKey } = output;
  const last = blocks.at(-1);
  const goesOn = last?.stream === stream && last.text.length < LONGEST_BLOCK;
  if (goesOn) blocks.pop();
  for (const piece of piecesOf((goesOn ? last.text : "") + text)) {
    const isFirst = goesOn && nextKey === output.nextKey && blocks.at(-1)?.key !== last.key;
    blocks.push({ key: isFirst ? last.key : nextKey++, stream, text: piece });
  }
  return shortened({ ...output, blocks, nextKey, length: output.length + text.length });
}

/** Cuts a text where lines end, or anywhere in a line that is too long. */
function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const most = at + LONGEST_BLOCK;
    const line = text.lastIndexOf("\n", most - 1);
    const end = text.length <= most ? text.length : line > at ? line + 1 : most;
    yield text.slice(at, end);
    at = end;
  }
}

function shortened(output: Output): Output {
  let { length } = output;
  let first = 0;
  const { blocks } = output;
  while (blocks.length - first > MOST_BLOCKS || (length > MOST_DRAWN && first < blocks.length - 1)) {
    length -= blocks[first++]!.text.length;
  }
  return first === 0 ? output : { ...output, blocks: blocks.slice(first), length, isCut: true };
}
