/** Text that others wrote, made harmless for a terminal: it may say what it likes, and steer nothing. */

/** Control characters, and those that change the direction of the text around them. */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Puts `text` on one line; a control character becomes its picture (␛), or � where it has none. */
export function oneLine(text: string): string {
  return text.replace(SPACES, " ").replace(STEERING, pictureOf);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : "�";
}

/** As `STEERING`, without what JSON writes as `\u…` by itself. */
const STEERING_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Writes `value` as JSON that steers no terminal: what could is written as `\u…`, which means the same. */
export function jsonOf(value: unknown, indent?: number): string {
  const escaped = (character: string) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
  return JSON.stringify(value, null, indent).replace(STEERING_IN_JSON, escaped);
}

/** Shows what is to be approved whole, line by line, as it is: a tab is no blank, nor are two of them one. */
export function lineByLine(text: string): string {
  return text.replace(/\n$/, "").replaceAll("\t", "␉").split("\n").map(oneLine).join("\n  ");
}
