/** Output that is too long keeps its beginning and its end, and says between them how much is missing. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Bytes that the line in the middle may need. */
const NOTE_BYTES = 80;
/** More pieces than this are made one: each costs more than its bytes. */
const MOST_PIECES = 256;

/** Gives the line that stands where so many bytes were cut out. */
export function noteOf(bytes: number): string {
  return `\n… ${bytes} bytes were cut out here …\n`;
}

/** Gives `text` without the character that was cut apart at its start; `from`: how many bytes are left out first. */
export function afterBytes(text: string, from: number): string {
  return decode([wholeStart(encoder.encode(text).subarray(from))]);
}

/** A text that may have lost its middle, and the bytes that are missing of what it was made of. */
export interface Cut {
  text: string;
  truncatedBytes: number;
}

/** Gives `text` with at most `mostBytes` (200 at least) of UTF-8; what is too much is cut out of the middle, which says so. */
export function cutMiddle(text: string, mostBytes: number): Cut {
  const output = new BoundedOutput(mostBytes);
  output.append(text);
  return output.cut();
}

/**
 * Gathers output piece by piece and keeps about `mostBytes` of it, however much comes. What is no UTF-8 becomes `\ufffd`,
 * of three bytes each, only in the text that `cut()` gives: counted are the bytes that came.
 */
export class BoundedOutput {
  #most = 0;
  #headMost = 0;
  #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.limitTo(mostBytes);
  }

  /** Keeps so much from now on; what is too much by that is let go at once. */
  limitTo(mostBytes: number): void {
    this.#most = Math.max(200, mostBytes);
    this.#headMost = Math.floor((this.#most - NOTE_BYTES) / 2);
    if (this.#headBytes < this.#headMost) return;
    const head = joined(this.#head);
    this.#head = [head.slice(0, this.#headMost)];
    this.#headBytes = this.#headMost;
    const tail = joined([head.subarray(this.#headMost), ...this.#tail]).slice(-this.#most);
    this.#tail = [tail];
    this.#tailBytes = tail.length;
  }

  /** Bytes that are held. */
  get heldBytes(): number {
    return this.#headBytes + this.#tailBytes;
  }

  /** Bytes that were appended. */
  get bytes(): number {
    return this.#bytes;
  }

  append(piece: string | Uint8Array): void {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    this.#bytes += bytes.length;
    const room = Math.min(bytes.length, this.#headMost - this.#headBytes);
    if (room > 0) this.#appendHead(bytes.subarray(0, room));
    if (room < bytes.length) this.#appendTail(bytes.subarray(Math.max(0, room)));
  }

  /** Gives what there is so far. */
  cut(): Cut {
    const whole = this.#bytes <= this.#most ? decode([...this.#head, ...this.#tail]) : undefined;
    if (whole !== undefined && sizeOf(whole) <= this.#most) return { text: whole, truncatedBytes: 0 };
    const head = fitting(
      joined(this.#head),
      this.#headMost,
      wholeEnd,
      (bytes, length) => bytes.subarray(0, length),
    );
    const tail = fitting(
      joined(this.#tail),
      this.#most - NOTE_BYTES - this.#headMost,
      wholeStart,
      (bytes, length) => bytes.subarray(bytes.length - length),
    );
    const truncatedBytes = this.#bytes - head.length - tail.length;
    return { text: decode([head]) + noteOf(truncatedBytes) + decode([tail]), truncatedBytes };
  }

  #appendHead(bytes: Uint8Array): void {
    this.#head = compact([...this.#head, bytes]);
    this.#headBytes += bytes.length;
  }

  /** Keeps the newest; the oldest goes only when there is twice as much as is kept, so that not every piece is copied. */
  #appendTail(bytes: Uint8Array): void {
    this.#tail = compact([...this.#tail, bytes]);
    this.#tailBytes += bytes.length;
    if (this.#tailBytes <= 2 * this.#most) return;
    const kept = joined(this.#tail).slice(-this.#most);
    this.#tail = [kept];
    this.#tailBytes = kept.length;
  }
}

function compact(parts: Uint8Array[]): Uint8Array[] {
  return parts.length > MOST_PIECES ? [joined(parts)] : parts;
}

function decode(parts: Uint8Array[]): string {
  return decoder.decode(joined(parts));
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

type Take = (bytes: Uint8Array, length: number) => Uint8Array;

/** Takes as much as is at most `most` bytes of text: what is no UTF-8 grows, by how much only the text itself says. */
function fitting(
  bytes: Uint8Array,
  most: number,
  whole: (bytes: Uint8Array) => Uint8Array,
  take: Take,
): Uint8Array {
  let kept = whole(take(bytes, Math.min(bytes.length, most)));
  for (let size = sizeOf(decode([kept])); size > most; size = sizeOf(decode([kept]))) {
    kept = whole(take(kept, Math.min(kept.length - 1, Math.floor(kept.length * most / size))));
  }
  return kept;
}

function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

/** Continuation bytes that one character may have. */
const MOST_CONTINUATIONS = 3;

/** Leaves out a character that was cut apart at the end. */
export function wholeEnd(bytes: Uint8Array): Uint8Array {
  let start = bytes.length - 1;
  const first = Math.max(0, start - MOST_CONTINUATIONS);
  while (start > first && isContinuation(bytes[start]!)) start--;
  const length = start >= 0 ? lengthOf(bytes[start]!) : 0;
  return start >= 0 && start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

/** Leaves out a character that was cut apart at the start. */
function wholeStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < Math.min(bytes.length, MOST_CONTINUATIONS) && isContinuation(bytes[start]!)) start++;
  return bytes.subarray(start);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function lengthOf(first: number): number {
  if (first < 0xc0 || first > 0xf7) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
