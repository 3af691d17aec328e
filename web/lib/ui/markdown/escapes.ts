/** Characters that are written in another way: after a backslash, or as a character reference. */
import { inert } from "../plain_text.ts";

const ESCAPE = /\\([!-/:-@[-`{-~])|&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Reads the escapes and the character references that people write; what it does not know stays as it is. */
export function unescaped(text: string): string {
  return text.replace(ESCAPE, (all, escaped, decimal, hex, name) => {
    if (escaped || name) return escaped ?? ENTITIES[name] ?? all;
    const code = Number(decimal ?? `0x${hex}`);
    const known = code > 31 && code < 0x110000 && (code < 0xd800 || code > 0xdfff);
    return known ? inert(String.fromCodePoint(code)) : all;
  });
}
