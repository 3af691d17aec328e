/** What a program prints, without what is meant for a terminal. */
import { inert } from "../ui/plain_text.ts";

/** Escape sequences (ECMA-48): CSI, the strings OSC DCS SOS PM APC with their end, and the short ones. */
// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])/g;
/** A sequence whose end has not come yet, or a return that may belong to the end of a line. */
// deno-lint-ignore no-control-regex
const UNFINISHED = /\r$|\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$/;
/** A sequence that is longer than this is taken for text. */
const LONGEST_ESCAPE = 500;

/** Takes a text apart into what can be shown, and an end that the next piece may go on with. */
export function plainOutput(text: string): { shown: string; rest: string } {
  const whole = text.replace(ESCAPES, "");
  const cut = unfinishedFrom(whole);
  return { shown: inert(whole.slice(0, cut).replace(/\r\n?/g, "\n")), rest: whole.slice(cut) };
}

/** Gives what can be shown of a text after which nothing comes. */
export function wholeOutput(text: string): string {
  const { shown, rest } = plainOutput(text);
  return shown + inert(rest.replace(/\r/g, "\n"));
}

function unfinishedFrom(text: string): number {
  const from = Math.max(0, text.length - LONGEST_ESCAPE);
  const at = text.slice(from).search(UNFINISHED);
  return at < 0 ? text.length : from + at;
}
