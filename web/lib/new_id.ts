/** Ids that a page makes itself, so that what it sends twice is known to be the same. */

/** Makes an id as the protocol wants it: `prefix` and 16 of `[0-9a-z]`. */
export function newId(prefix: "msg" | "conv"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${prefix}_${Array.from(bytes, (byte) => (byte % 36).toString(36)).join("")}`;
}
