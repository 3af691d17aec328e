/** Takes a connection string apart as ODBC and ADO.NET write it: `Server=tcp:host,1433;Pwd={a;b}}c};…`. */
import { ConfigError } from "../config_error.ts";
import { meaningOf } from "./keywords.ts";

/** What stands before and after one `=`; `quoted`: whether the value's end was marked, and not merely the next `;`. */
export interface Pair {
  name: string;
  value: string;
  quoted: boolean;
}

/** What closes a value that begins with it. */
const ODBC: Readonly<Record<string, string>> = { "{": "}" };
const ADO_NET: Readonly<Record<string, string>> = { "{": "}", '"': '"', "'": "'" };

const ADVICE =
  "A value with ; or with spaces at its ends is written in braces, as in Pwd={a;b}, and a } in it as }}.";

const NAMELESS = `Something in it is not written as NAME=value, as in Database=parley. ${ADVICE}`;

/**
 * Splits `text` at its semicolons. A value in braces is taken as it is, `}}` being one `}`; where `text` does not begin
 * with `Driver` (so is not ODBC's) one in quotes is, too, as ADO.NET has it. Throws `ConfigError`, which shows nothing of a value.
 */
export function pairsOf(text: string): Pair[] {
  const closing = /^[\s;]*driver\s*=/i.test(text) ? ODBC : ADO_NET;
  const pairs: Pair[] = [];
  for (let at = startOf(text, 0); at < text.length;) {
    const equals = text.indexOf("=", at);
    const name = text.slice(at, equals).trim();
    if (equals < 0 || name === "" || name.includes(";")) throw new ConfigError(NAMELESS);
    const from = skipSpaces(text, equals + 1);
    const close = closing[text[from] ?? ""];
    const { value, end } = close ? quotedValue(text, { from, close, name }) : plainValue(text, from);
    pairs.push({ name, value, quoted: close !== undefined });
    at = startOf(text, end);
  }
  return pairs;
}

function plainValue(text: string, from: number): { value: string; end: number } {
  const semicolon = text.indexOf(";", from);
  const end = semicolon < 0 ? text.length : semicolon;
  return { value: text.slice(from, end).trim(), end };
}

function quotedValue(
  text: string,
  { from, close, name }: { from: number; close: string; name: string },
): { value: string; end: number } {
  const parts: string[] = [];
  for (let start = from + 1;;) {
    const at = text.indexOf(close, start);
    if (at < 0) {
      throw new ConfigError(
        `The value of ${shown(name)} begins with ${text[from]}, which is never closed. ${ADVICE}`,
      );
    }
    if (text[at + 1] !== close) {
      parts.push(text.slice(start, at));
      return { value: parts.join(""), end: requireEnd(text, at + 1, name) };
    }
    parts.push(text.slice(start, at + 1));
    start = at + 2;
  }
}

function requireEnd(text: string, after: number, name: string): number {
  const end = skipSpaces(text, after);
  if (end === text.length || text[end] === ";") return end;
  throw new ConfigError(`The value of ${shown(name)} goes on after what closes it. ${ADVICE}`);
}

/** Gives where the next name begins. */
function startOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] === ";" || isSpace(text[at]!))) at++;
  return at;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text[at]!)) at++;
  return at;
}

function isSpace(character: string): boolean {
  return /\s/.test(character);
}

/** A name that nobody knows may be a piece of a password. */
function shown(name: string): string {
  return meaningOf(name) ? name : "something";
}
