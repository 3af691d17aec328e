/** Ids that a page makes itself, so that what it sends twice is known to be the same. */

/** Makes an id as the server does: `prefix`, 9 of `[0-9a-z]` that rise with time, and 16 random ones. */
export function newId(prefix: "msg" | "conv" | "form" | "cmd"): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = Date.now().toString(36).padStart(9, "0");
  return `${prefix}_${time}${Array.from(bytes, (byte) => (byte % 36).toString(36)).join("")}`;
}
