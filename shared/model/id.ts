/** Ids: how ours are made, and which of a peer's are accepted (protocol, introduction). */

/** Prefixes of the kinds of things that have ids. */
export const ID_PREFIXES = ["agent", "broker", "web", "server", "msg", "task", "cmd", "conv"] as const;
export type IdPrefix = typeof ID_PREFIXES[number];

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
/** Milliseconds since 1970 in base 36: enough until the year 5188. */
const TIME_LENGTH = 9;
const RANDOM_LENGTH = 16;
/** In a URL's path `.` and `..` are no names: who has one for an id would be taken for what stands above. */
const PEER_ID = /^(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,100}$/;

/**
 * Makes a new id: the prefix, 9 characters that rise with time, and 16 random ones (about 82 bits), all of `[0-9a-z]`.
 * What is new stands together in an index then, as with UUIDs of version 7 (RFC 9562, section 6.13).
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH));
  return `${prefix}_${nowMs.toString(36).padStart(TIME_LENGTH, "0")}${lettersOf(bytes)}`;
}

/** Tells which kind `id` claims to be by its prefix, or undefined when it has none of ours. */
export function prefixOf(id: string): IdPrefix | undefined {
  return ID_PREFIXES.find((prefix) => id.startsWith(`${prefix}_`));
}

/**
 * Tells whether a peer may call a thing of this kind `id`: 1–100 of `[A-Za-z0-9_.:-]`, neither `.` nor `..`, without
 * another kind's prefix.
 */
export function isPeerId(id: string, kind: IdPrefix): boolean {
  if (!PEER_ID.test(id)) return false;
  const prefix = prefixOf(id);
  return prefix === undefined || prefix === kind;
}

function lettersOf(bytes: Uint8Array): string {
  let letters = "";
  for (const byte of bytes) letters += ALPHABET[byte % ALPHABET.length];
  return letters;
}
