/** Very much at once: agents that come and go all the time, and answers that are written at the same time. */
import type { Browser, Page } from "playwright-core";
import { openBrowser, openTab } from "../../tests/browser/chromium.ts";
import { System } from "../../tests/browser/system.ts";
import { LineProcess } from "../presence/line_process.ts";
import type { Finding } from "../presence/report.ts";
import { until } from "../presence/systems.ts";
import { timesFinding } from "./figures.ts";
import { type MainThread, recorded, type Task } from "./main_thread.ts";
import type { Options } from "./main.ts";
import { install, type Probe, readProbe } from "./probe.ts";
import { profiled } from "./profile.ts";

const MOST_TASK_MS = 50;
/** Seconds that the agents go on coming and going while answers are written: longer than those take. */
const WRITING_S = 45;
/** Milliseconds between looking whether all is there: each look is work for the page. */
const POLLING_MS = 500;

interface Round {
  tasks: Task[];
  probe: Pick<Probe, "frames" | "longTasks">;
  tookMs: number;
}

/** Measures the chat with both, then the list of agents with who comes and goes alone. */
export async function measureCrowd(options: Options): Promise<Finding[]> {
  const chat: Round[] = [];
  const agents: Round[] = [];
  const browser = await openBrowser();
  try {
    for (let round = 1; round <= options.rounds; round++) {
      console.error(`  round ${round} of ${options.rounds}`);
      await using system = await System.start();
      chat.push(await measureChat(browser, system, options));
      if ((await fetch(`${system.url}/agents`)).ok) {
        agents.push(await measureAgents(browser, system, options));
      }
    }
  } finally {
    await browser.close();
  }
  const { agents: count, answers } = options;
  return [
    ...findingsOf(`${count} agents flap, ${answers} answers are written`, chat),
    ...(agents.length ? findingsOf(`${count} agents flap, /agents is open`, agents) : [noAgentsPage]),
  ];
}

const noAgentsPage: Finding = { what: "/agents", measured: "there is no such page yet" };

async function measureChat(browser: Browser, system: System, options: Options): Promise<Round> {
  const server = `127.0.0.1:${system.ports.grpc}`;
  await using writers = new LineProcess("../web/writers.ts");
  await writers.ask({ do: "open", server, count: options.answers });
  await using flapper = new LineProcess("flapper.ts");
  await using tab = await openTab(browser);
  const { page } = tab;
  await install(page, {});
  await page.goto(system.url);
  await page.waitForSelector(".link-open");
  const flapping = flapper.ask({ do: "flap", server, count: options.agents, seconds: WRITING_S });
  const { thread, tookMs } = await watched(page, { what: "the chat", ...options }, async () => {
    await askAll(page, options.answers);
    await until(async () => await writers.ask({ do: "waiting" }) === options.answers);
    await writers.ask({ do: "begin" });
    await page.waitForFunction(
      (count) => document.querySelectorAll(".answer[aria-busy=false]").length === count,
      options.answers,
      { timeout: 120_000, polling: POLLING_MS },
    );
  });
  const probe = await readProbe(page);
  await flapping;
  return { tasks: thread.tasks, probe, tookMs };
}

/** Asks each writer once, all in one conversation. */
async function askAll(page: Page, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    await page.selectOption("#to", `agent_writer${at}`);
    await page.fill("#message", `long ${at}`);
    await page.press("#message", "Enter");
  }
}

async function measureAgents(browser: Browser, system: System, options: Options): Promise<Round> {
  const server = `127.0.0.1:${system.ports.grpc}`;
  await using flapper = new LineProcess("flapper.ts");
  await using tab = await openTab(browser);
  const { page } = tab;
  await install(page, {});
  await page.goto(`${system.url}/agents`);
  await page.waitForFunction(
    () => (globalThis as unknown as { bench: Probe }).bench.frames.AGENT_STATUS_UPDATE,
  );
  const { thread, tookMs } = await watched(page, { what: "/agents", ...options }, async () => {
    await flapper.ask({ do: "flap", server, count: options.agents, seconds: options.flapS });
  });
  return { tasks: thread.tasks, probe: await readProbe(page), tookMs };
}

async function watched(
  page: Page,
  named: { what: string; isProfiled: boolean },
  act: () => Promise<void>,
): Promise<{ thread: MainThread; tookMs: number }> {
  let tookMs = 0;
  const thread = await recorded(page, () =>
    profiled(page, named, async () => {
      const startedAt = performance.now();
      await act();
      tookMs = performance.now() - startedAt;
    }));
  return { thread, tookMs };
}

function findingsOf(what: string, rounds: readonly Round[]): Finding[] {
  const sorted = rounds.flatMap(({ tasks }) => tasks).toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const longest = rounds.map(({ tasks }) => tasks.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]!);
  const measured = longest.map((task) => ({ wallMs: lengthOf(task), processorMs: task.processorMs }));
  const seconds = rounds.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000;
  const busyMs = sorted.reduce((sum, task) => sum + lengthOf(task), 0);
  const counted = (type: string) => rounds.reduce((sum, { probe }) => sum + (probe.frames[type] ?? 0), 0);
  const rate = (type: string) => `${(counted(type) / seconds).toFixed(0)} ${type}/s`;
  const long = sorted.filter((task) => lengthOf(task) > MOST_TASK_MS);
  return [
    timesFinding(`${what}: the longest task of each round`, measured, MOST_TASK_MS),
    { what: "  in the longest were", measured: sorted[0]?.parts ?? "" },
    timesFinding("  the most of the processor's time in one", rounds.map(mostAtWork)),
    {
      what: `  tasks over ${MOST_TASK_MS} ms, by the trace and by the browser's own count`,
      measured: `${long.length} of ${sorted.length}, ${
        rounds.flatMap(({ probe }) => probe.longTasks).length
      }`,
    },
    {
      what: "  main thread at work",
      measured: `${(busyMs / seconds / 10).toFixed(0)} % of ${seconds.toFixed(0)} s`,
    },
    { what: "  came in", measured: `${rate("REPLY_CHUNK")}, ${rate("AGENT_STATUS_UPDATE")}` },
  ];
}

function mostAtWork({ tasks }: Round): { wallMs: number } {
  return { wallMs: tasks.reduce((most, { processorMs }) => Math.max(most, processorMs), 0) };
}

function lengthOf({ beginMs, endMs }: Task): number {
  return endMs - beginMs;
}
