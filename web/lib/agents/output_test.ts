/** What a command printed, as it is drawn. */
import { expect } from "expect";
import { caughtUp, ended, MOST_DRAWN, NO_OUTPUT, type Output, printed } from "./output.ts";

const shown = ({ blocks }: Output) => blocks.map(({ stream, text }) => `${stream} ${text}`);
const whole = ({ blocks }: Output) => blocks.map(({ text }) => text).join("");

Deno.test("what goes to one stream is one block, and the streams stand apart", () => {
  let output = printed(NO_OUTPUT, "a\n", "stdout");
  output = printed(output, "b\n", "stdout");
  output = printed(output, "oh\n", "stderr");
  output = printed(output, "c\n", "stdout");
  expect(shown(output)).toEqual(["stdout a\nb\n", "stderr oh\n", "stdout c\n"]);
});

Deno.test("a block that others follow is never drawn again", () => {
  let output = NO_OUTPUT;
  const seen = new Map<number, unknown>();
  for (let line = 0; line < 1_000; line++) {
    output = printed(output, `line ${line}, and what it says\n`, line % 100 < 95 ? "stdout" : "stderr");
    for (const block of output.blocks.slice(0, -1)) {
      expect(seen.get(block.key) ?? block).toBe(block);
      seen.set(block.key, block);
    }
    expect(output.blocks.at(-1)!.text.length).toBeLessThanOrEqual(8_000);
  }
  expect(new Set(output.blocks.map(({ key }) => key)).size).toBe(output.blocks.length);
});

Deno.test("at most half a million characters and a thousand blocks are kept, and it says so", () => {
  let output = NO_OUTPUT;
  for (let piece = 0; piece < 30; piece++) output = printed(output, "x".repeat(39_999) + "\n", "stdout");
  expect(output.length).toBeLessThanOrEqual(MOST_DRAWN);
  expect(output.length).toBe(whole(output).length);
  expect(output.isCut).toBe(true);
  for (let line = 0; line < 3_000; line++) {
    output = printed(output, `${line}\n`, line % 2 ? "stdout" : "stderr");
  }
  expect(output.blocks.length).toBe(1_000);
  expect(output.blocks.at(-1)!.text).toBe("2999\n");
});

Deno.test("what the server says goes on with what was heard, keeping the streams apart; anything else replaces it", () => {
  const heard = printed(printed(NO_OUTPUT, "a\n", "stdout"), "oh\n", "stderr");
  expect(caughtUp(heard, "a\noh\n")).toBe(heard);
  expect(shown(caughtUp(heard, "a\noh\nb\n"))).toEqual(["stdout a\n", "stderr oh\n", "stdout b\n"]);
  expect(caughtUp(heard, "a\noh\nb\n").isMixed).toBe(true);
  expect(shown(caughtUp(heard, "oh\nb\n"))).toEqual(["stdout oh\nb\n"]);
  expect(caughtUp(heard, "a…h\n", true)).not.toBe(heard);
  const long = printed(NO_OUTPUT, "0123456789".repeat(500), "stdout");
  expect(caughtUp(long, `01${"0123456789".repeat(200)}`, true)).toBe(long);
});

Deno.test("half an escape sequence waits for the rest of its own stream, or for the end", () => {
  let output = printed(NO_OUTPUT, "a\x1b[3", "stdout");
  output = printed(output, "oh\n", "stderr");
  output = printed(output, "1mb", "stdout");
  expect(shown(output)).toEqual(["stdout a", "stderr oh\n", "stdout b"]);
  expect(whole(ended(printed(output, "\r", "stdout")))).toBe("aoh\nb\n");
  expect(ended(output)).toBe(output);
});
