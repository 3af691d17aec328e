/** A conversation of very many messages: how soon it can be used, and what one more of them costs. */
import type { Browser, Page } from "playwright-core";
import { openBrowser, openTab } from "../../tests/browser/chromium.ts";
import { System } from "../../tests/browser/system.ts";
import { LineProcess } from "../presence/line_process.ts";
import { type Finding, ms } from "../presence/report.ts";
import { type Measured, timesFinding } from "./figures.ts";
import { type Drawn, recorded, type Task } from "./main_thread.ts";
import type { Options } from "./main.ts";
import { CONVERSATION, writePast } from "../../tests/browser/past.ts";
import { install, type Probe, readProbe, untilAnswered } from "./probe.ts";
import { profiled } from "./profile.ts";

const MOST_USABLE_MS = 1_000;
const MOST_DRAWN_MS = 16;
const MOST_TASK_MS = 50;
/** Questions in each half of a round. */
const QUESTIONS = 6;
/** Milliseconds between looking whether it can be used, which the page itself takes down. */
const POLLING_MS = 100;
const AWAITED = { answer: '"message_type":"REPLY"', piece: '"message_type":"REPLY_CHUNK"' };

interface Round {
  usableMs: number;
  asOpened: Drawn[];
  wholly: Drawn[];
  /** Reading back until all was there. */
  readingBack: { tookMs: number; longest: Task };
}

/** Opens the conversation, asks in it, reads back to its beginning, and asks again. */
export async function measureLong(options: Options): Promise<Finding[]> {
  let token = "";
  const prepare = async (directory: string) => void (token = await writePast(directory, options.messages));
  await using system = await System.start({ prepare });
  await using writers = new LineProcess("../web/writers.ts");
  await writers.ask({ do: "open", server: `127.0.0.1:${system.ports.grpc}`, count: 1 });
  await system.untilOnline("agent_writer0");
  const browser = await openBrowser();
  try {
    const rounds: Round[] = [];
    // The first warms up: the server's store, the dashboard, the browser.
    for (let at = 0; at <= options.rounds; at++) {
      console.error(`  round ${at} of ${options.rounds}`);
      rounds.push(await measureRound(browser, system, { ...options, token }));
    }
    return findingsOf(rounds.slice(1), options.messages);
  } finally {
    await browser.close();
  }
}

async function measureRound(
  browser: Browser,
  system: System,
  { token, messages, isProfiled }: Options & { token: string },
): Promise<Round> {
  await using tab = await openTab(browser);
  const { page } = tab;
  await install(page, AWAITED, token);
  await page.goto(`${system.url}/c/${CONVERSATION}`);
  await page.waitForFunction(
    () => (globalThis as unknown as { bench: Probe }).bench.usableAt,
    null,
    { polling: POLLING_MS },
  );
  const usableMs = (await readProbe(page)).usableAt!;
  await page.selectOption("#to", "agent_writer0");
  const asOpened = await talk(page, { what: "as it opens", isProfiled });
  const readingBack = await readBack(page, messages);
  const wholly = await talk(page, { what: "with all of it there", isProfiled });
  return { usableMs, asOpened, wholly, readingBack };
}

/** Asks, and asks for one answer that is written slowly; after each a letter is typed. */
async function talk(page: Page, named: { what: string; isProfiled: boolean }): Promise<Drawn[]> {
  const questions = [...Array.from({ length: QUESTIONS }, (_, at) => `question ${at}`), "slowly, please"];
  const { drawn } = await recorded(page, () =>
    profiled(page, named, async () => {
      for (const question of questions) await askOnce(page, question);
    }));
  return drawn;
}

async function askOnce(page: Page, question: string): Promise<void> {
  await page.focus("#message");
  await page.keyboard.type(question);
  await untilAnswered(page, () => page.keyboard.press("Enter"));
  await page.focus("#message");
  await page.keyboard.press("z");
  await page.fill("#message", "");
}

/** Scrolls up, as its reader would, until nothing earlier is left. */
async function readBack(page: Page, messages: number): Promise<Round["readingBack"]> {
  const startedAt = performance.now();
  const { tasks } = await recorded(page, () =>
    page.evaluate(async (expected) => {
      const log = document.querySelector(".log")!;
      while (document.querySelector(".earlier")) {
        log.scrollTop = 0;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      const count = Number(document.querySelector<HTMLElement>(".blocks")!.dataset.entries);
      if (count < expected) throw new Error(`Only ${count} of ${expected} messages were read.`);
    }, messages));
  const longest = tasks.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]!;
  return { tookMs: performance.now() - startedAt, longest };
}

function lengthOf({ beginMs, endMs }: Task): number {
  return endMs - beginMs;
}

function findingsOf(rounds: readonly Round[], messages: number): Finding[] {
  const usable = rounds.map(({ usableMs }) => ({ wallMs: usableMs }));
  const back = rounds.map(({ readingBack: { tookMs } }) => ({ wallMs: tookMs }));
  const longest = rounds.map(({ readingBack: { longest } }) => longest).toSorted((a, b) =>
    lengthOf(b) - lengthOf(a)
  );
  return [
    timesFinding(`${messages} messages: navigation to usable`, usable, MOST_USABLE_MS),
    ...drawnFindings("as it opens", rounds.flatMap(({ asOpened }) => asOpened)),
    ...drawnFindings("with all of it in the page", rounds.flatMap(({ wholly }) => wholly)),
    timesFinding("  reading back to its beginning", back),
    timesFinding(
      "    its longest task in each round",
      longest.map((task) => ({ wallMs: lengthOf(task), processorMs: task.processorMs })),
      MOST_TASK_MS,
    ),
    { what: "    in which were", measured: longest[0]!.parts || ms(lengthOf(longest[0]!)) },
  ];
}

/** What the main thread does from when it comes until it is handed on to be shown. */
function drawnFindings(when: string, all: readonly Drawn[]): Finding[] {
  const of = (name: string): Measured[] =>
    all.filter((drawn) => drawn.name === name).map(({ workMs, processorMs }) => ({
      wallMs: workMs,
      processorMs,
    }));
  const worst = (name: string) =>
    all.filter((drawn) => drawn.name === name).toSorted((a, b) => b.processorMs - a.processorMs)[0]?.parts ??
      "";
  const after = all.filter(({ name }) => name === "answer").map(({ afterMs }) => ({ wallMs: afterMs }));
  return [
    timesFinding(`  ${when}: an answer drawn, work`, of("answer"), MOST_DRAWN_MS),
    timesFinding("    by the clock, the pause for others included", after),
    { what: "    in the worst were", measured: worst("answer") },
    timesFinding("    one's own question drawn, work", of("question"), MOST_DRAWN_MS),
    timesFinding("    a piece of an answer drawn, work", of("piece"), MOST_DRAWN_MS),
    { what: "    in the worst were", measured: worst("piece") },
    timesFinding("    a letter typed, work", of("letter"), MOST_DRAWN_MS),
  ];
}
