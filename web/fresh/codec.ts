// Carries islands' props to the browser: JSON knows neither dates, maps and signals, nor that two values are the same one.
//
// The text is a JSON array, the table. Its first element refers to the whole value, each further element is one value:
// itself when JSON can hold it, otherwise `[kind, …]`. A reference is an index into the table, or negative for the
// values below. Each object is in the table once, so cycles and shared references come out as they went in.
import { computed, type Signal, signal } from "@preact/signals";
import { isValidElement } from "preact";

const HOLE = -2;
const SPECIAL = new Map<unknown, number>([[undefined, -1], [NaN, -3], [Infinity, -4], [-Infinity, -5]]);
const NEGATIVE_ZERO = -6;
const SPECIAL_BY_REF: unknown[] = [, undefined, , NaN, Infinity, -Infinity, -0];

type Reference = number;
type Refer = (value: unknown, key: string | number) => Reference;
type Tagged = [kind: string, ...rest: unknown[]];

/** Says which part of a value has no place in the text. `path` leads to it. */
export class UnserializableError extends TypeError {
  constructor(readonly path: (string | number)[], readonly what: string) {
    super(`${pathText(path)} is ${what}, which cannot be sent to a browser`);
  }
}

interface Pending {
  index: number;
  value: unknown;
  key: string | number;
  parent: Pending | null;
}

/**
 * Turns `value` into text that `decode` turns back. Knows what JSON knows, undefined, NaN, infinities, -0, holes, bigint,
 * Date, URL, RegExp, Map, Set, Uint8Array and signals. Throws `UnserializableError` for anything else.
 */
export function encode(value: unknown): string {
  const table: unknown[] = [null];
  const known = new Map<unknown, Reference>();
  const pending: Pending[] = [];
  const refer = (parent: Pending | null): Refer => (value, key) => {
    const special = Object.is(value, -0) ? NEGATIVE_ZERO : SPECIAL.get(value) ?? known.get(value);
    if (special !== undefined) return special;
    const index = table.push(null) - 1;
    known.set(value, index);
    pending.push({ index, value, key, parent });
    return index;
  };
  table[0] = refer(null)(value, "value");
  for (const item of pending) table[item.index] = entry(item, refer(item));
  return JSON.stringify(table);
}

function entry(item: Pending, refer: Refer): unknown {
  const { value } = item;
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value;
  if (typeof value === "bigint") return ["n", String(value)];
  if (typeof value === "object") {
    const tagged = container(value, refer) ?? leaf(value);
    if (tagged) return tagged;
  }
  throw new UnserializableError(pathOf(item), describe(value));
}

function container(value: object, refer: Refer): Tagged | null {
  if (Array.isArray(value)) {
    return ["a", ...Array.from(value, (member, index) => index in value ? refer(member, index) : HOLE)];
  }
  if (value instanceof Set) {
    return ["s", ...Array.from(value, (member, index) => refer(member, index))];
  }
  if (value instanceof Map) {
    return ["m", ...[...value].flatMap(([key, member]) => [refer(key, "key"), refer(member, keyText(key))])];
  }
  if (isSignal(value)) {
    return [isComputed(value) ? "c" : "g", refer((value as Signal).peek(), "value")];
  }
  if (!isPlain(value)) return null;
  return ["o", ...Object.entries(value).flatMap(([key, member]) => [key, refer(member, key)])];
}

/** Names a map's key in a path; an object is not asked for its text, which may be anything. */
function keyText(key: unknown): string {
  return typeof key === "object" && key !== null ? "key" : String(key);
}

function leaf(value: object): Tagged | null {
  if (value instanceof Date) return ["d", value.getTime()];
  if (value instanceof URL) return ["u", value.href];
  if (value instanceof RegExp) return ["r", value.source, value.flags];
  if (value instanceof Uint8Array) {
    return ["b", btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))];
  }
  return null;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return !isJsx(value);
}

/** Tells JSX from data: its own `constructor` is undefined, which no JSON text can say. */
function isJsx(value: object): boolean {
  return Object.hasOwn(value, "constructor") && isValidElement(value);
}

function isSignal(value: object): value is Signal<unknown> {
  return (value as { brand?: unknown }).brand === Symbol.for("preact-signals");
}

function isComputed(value: object): boolean {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), "value")
    ?.set === undefined;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  if (isJsx(value)) return "a piece of JSX";
  return `an instance of ${value.constructor?.name ?? "an unknown class"}`;
}

function pathOf(item: Pending): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Pending | null = item; at?.parent; at = at.parent) {
    path.unshift(at.key);
  }
  return path;
}

/** Writes a path as code would: `props.items[2]`. */
export function pathText(path: (string | number)[], root = "value"): string {
  return path.reduce<string>((text, key) => text + (typeof key === "number" ? `[${key}]` : `.${key}`), root);
}

/** Turns text from `encode` back into the value. Trusts its input: only for text from this server. */
export function decode(text: string): unknown {
  const table = JSON.parse(text) as unknown[];
  const resolve = (ref: unknown): unknown =>
    (ref as Reference) < 0 ? SPECIAL_BY_REF[-(ref as Reference)] : values[ref as Reference];
  const values = table.map((raw) => Array.isArray(raw) ? emptyValue(raw as Tagged, resolve) : raw);
  table.forEach((raw, index) => Array.isArray(raw) && fill(values[index], raw as Tagged, resolve));
  return resolve(table[0]);
}

function emptyValue([kind, first, second]: Tagged, resolve: (ref: unknown) => unknown): unknown {
  switch (kind) {
    case "a":
      return [];
    case "o":
      return {};
    case "s":
      return new Set();
    case "m":
      return new Map();
    case "g":
      return signal();
    case "c":
      return computed(() => resolve(first));
    case "n":
      return BigInt(first as string);
    case "d":
      return new Date(first as number ?? NaN);
    case "u":
      return new URL(first as string);
    case "r":
      return new RegExp(first as string, second as string);
    default:
      return Uint8Array.from(atob(first as string), (char) => char.charCodeAt(0));
  }
}

function fill(value: unknown, [kind, ...rest]: Tagged, resolve: (ref: unknown) => unknown): void {
  if (kind === "a") {
    (value as unknown[]).length = rest.length;
    rest.forEach((ref, index) => ref !== HOLE && ((value as unknown[])[index] = resolve(ref)));
  } else if (kind === "s") {
    rest.forEach((ref) => (value as Set<unknown>).add(resolve(ref)));
  } else if (kind === "g") {
    (value as Signal).value = resolve(rest[0]);
  } else if (kind === "m") {
    pairs(rest, (key, ref) => (value as Map<unknown, unknown>).set(resolve(key), resolve(ref)));
  } else if (kind === "o") {
    pairs(rest, (key, ref) => setOwn(value as object, key as string, resolve(ref)));
  }
}

function pairs(list: unknown[], use: (key: unknown, value: unknown) => void): void {
  for (let index = 0; index < list.length; index += 2) {
    use(list[index], list[index + 1]);
  }
}

/** Sets a property of the value's own, also where assignment would reach the prototype (`__proto__`). */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
