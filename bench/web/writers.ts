/** A process of agents that answer what they are asked: at once, slowly piece by piece, or all at the same time. */
import { Agent, type MessageContext } from "../../agent/mod.ts";
import { pause } from "../../shared/pause.ts";
import { answerLines } from "../presence/line_process.ts";

const PIECE = 50;
const PIECES_A_SECOND = 20;
const SLOW_PIECES_A_SECOND = 4;
/** Milliseconds in which what a question itself changes has been drawn. */
const QUIET_MS = 400;

const PARAGRAPH =
  "What was asked has **three** sides, of which the [first](https://example.com) is `the one` that counts. " +
  "The others follow from it, and are told below.\n\n";
const CODE = "```ts\n" +
  Array.from(
    { length: 12 },
    (_, at) => `export function step${at}(value: number): string {\n  return \`\${value * ${at}}\`;\n}\n`,
  )
    .join("") +
  "```\n\n";
const LIST =
  "1. First it is taken apart.\n2. Then each part is looked at:\n   - by itself,\n   - and with the others.\n3. Then it is put together.\n\n";
const TABLE =
  "| part | what it does | how long |\n| --- | --- | --- |\n| one | begins | 3 ms |\n| two | goes on | 14 ms |\n\n";

/** 10 KB of Markdown as models write it. */
export const LONG_ANSWER = `## An answer\n\n${PARAGRAPH}${CODE}${LIST}${TABLE}`.repeat(20).slice(0, 10_000);

/** Everybody who was asked for a long answer begins when this resolves. */
let start = Promise.withResolvers<void>();
let waiting = 0;

async function answer({ text, write }: MessageContext): Promise<string | void> {
  if (text.startsWith("long")) {
    waiting++;
    await start.promise;
    return await writeOut(LONG_ANSWER, PIECES_A_SECOND, write);
  }
  await pause(QUIET_MS);
  if (text.startsWith("slowly")) {
    return await writeOut(LONG_ANSWER.slice(0, 1_500), SLOW_PIECES_A_SECOND, write);
  }
  return `You said **${text}**.\n\n- It is an answer\n- with a list`;
}

async function writeOut(text: string, aSecond: number, write: (piece: string) => void): Promise<void> {
  const startedAt = performance.now();
  for (let at = 0; at * PIECE < text.length; at++) {
    await pause(Math.max(0, startedAt + at * 1_000 / aSecond - performance.now()));
    write(text.slice(at * PIECE, (at + 1) * PIECE));
  }
}

if (import.meta.main) {
  await answerLines({
    async open({ server, count }: { server: string; count: number }) {
      for (let at = 0; at < count; at++) {
        const id = `agent_writer${at}`;
        await new Agent({ name: `Writer ${at}`, id, server, maxConcurrent: 100 }).onMessage(answer).start();
      }
    },
    waiting: () => waiting,
    begin() {
      start.resolve();
      start = Promise.withResolvers();
      waiting = 0;
    },
  });
}
