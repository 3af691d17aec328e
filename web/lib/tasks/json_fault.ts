/** Finds where a text stops being JSON: browsers say it each in its own words, and often not at all. */

export interface JsonFault {
  /** `early`: it ends where more has to come. `exact`: a number that would silently become another. */
  what: "json" | "early" | "exact";
  /** Both from 1. */
  line: number;
  column: number;
}

/** One of the parts that JSON is made of (RFC 8259), at a place; no part of it can be matched in two ways. */
const TOKEN =
  /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;
const BLANK = /[ \t\r\n]*/y;

type Wanted = "value" | "value or ]" | "name" | "name or }" | ":" | "more" | "end";

/** Gives the first fault of `text`, or undefined when it is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: ("{" | "[")[] = [];
  let wanted: Wanted = "value";
  for (let at = skip(text, 0); at < text.length;) {
    const token: string | undefined = match(TOKEN, text, at);
    const next: Wanted | undefined = token === undefined ? undefined : after(token, wanted, open);
    if (next === undefined) return fault("json", text, at);
    if (isInexact(token!)) return fault("exact", text, at);
    wanted = next;
    at = skip(text, at + token!.length);
  }
  return wanted === "end" ? undefined : fault("early", text, text.trimEnd().length);
}

/** Gives what has to come after `token`, or undefined when it has no place there. */
function after(token: string, wanted: Wanted, open: ("{" | "[")[]): Wanted | undefined {
  const closed = () => {
    open.pop();
    return open.length > 0 ? "more" : "end";
  };
  if (token === ":") return wanted === ":" ? "value" : undefined;
  if (token === ",") return wanted !== "more" ? undefined : open.at(-1) === "{" ? "name" : "value";
  if (token === "}") return wanted === "name or }" || isOpen("{", wanted, open) ? closed() : undefined;
  if (token === "]") return wanted === "value or ]" || isOpen("[", wanted, open) ? closed() : undefined;
  if (wanted === "name" || wanted === "name or }") return token[0] === '"' ? ":" : undefined;
  if (wanted !== "value" && wanted !== "value or ]") return undefined;
  if (token !== "{" && token !== "[") return open.length > 0 ? "more" : "end";
  open.push(token);
  return token === "{" ? "name or }" : "value or ]";
}

function isOpen(bracket: string, wanted: Wanted, open: readonly string[]): boolean {
  return wanted === "more" && open.at(-1) === bracket;
}

function isInexact(token: string): boolean {
  if (!/^[-\d]/.test(token)) return false;
  const value = Number(token);
  return !Number.isFinite(value) || (/^-?\d+$/.test(token) && !Number.isSafeInteger(value));
}

function fault(what: JsonFault["what"], text: string, at: number): JsonFault {
  const before = text.slice(0, at).split("\n");
  return { what, line: before.length, column: before.at(-1)!.length + 1 };
}

function skip(text: string, at: number): number {
  return at + match(BLANK, text, at)!.length;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
