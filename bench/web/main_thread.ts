/** What a page's main thread did, from the browser's own trace: each task, and what was marked in between. */
import type { Page } from "playwright-core";

/** Not `disabled-by-default-devtools.timeline`: it counts all of the document's elements in each frame. */
const CATEGORIES = ["blink.user_timing", "devtools.timeline", "toplevel"];
const TASK = "ThreadControllerImpl::RunTask";
/** What begins each picture, within the task that also hands it on. */
const PICTURE = "PrePaint";

const MOST_PARTS = 4;

/** One turn of the main thread, in milliseconds; `processorMs` is what of it the processor was at work for it. */
export interface Task {
  beginMs: number;
  endMs: number;
  processorMs: number;
  /** What was done in it, the most expensive first. */
  parts: string;
}

/** What became of one thing that began: what the main thread did until it had been handed on to be shown. */
export interface Drawn {
  name: string;
  /** All that the main thread did between, whatever for. */
  workMs: number;
  processorMs: number;
  /** By the clock, what was waited on purpose included. */
  afterMs: number;
  /** What was done between, the most expensive first. */
  parts: string;
}

export interface MainThread {
  tasks: Task[];
  drawn: Drawn[];
}

interface TraceEvent {
  name: string;
  cat: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
}

/** Traces `page` while `act` is done. Nothing else may be open in its browser. */
export async function recorded(page: Page, act: () => Promise<void>): Promise<MainThread> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.evaluate(() => performance.mark("bench on"));
  await act();
  await page.evaluate(() => performance.mark("bench off"));
  const { traceEvents } = JSON.parse(new TextDecoder().decode(await browser.stopTracing()));
  return mainThreadOf(traceEvents);
}

function mainThreadOf(all: TraceEvent[]): MainThread {
  const on = all.find(({ name }) => name === "bench on")!;
  const own = all.filter(({ pid, tid }) => pid === on.pid && tid === on.tid).toSorted((a, b) => a.ts - b.ts);
  const off = own.findLast(({ name }) => name === "bench off")!;
  const complete = own.filter(({ ph }) => ph === "X");
  const within = complete.filter(({ name, ts }) => name === TASK && ts > on.ts && ts < off.ts);
  const tasks = within.map((task) => taskOf(task, complete));
  return { tasks, drawn: drawnOf(own, complete) };
}

type Plain = Omit<Task, "parts">;

function plain({ ts, dur = 0, tdur = 0 }: TraceEvent): Plain {
  return { beginMs: ts / 1_000, endMs: (ts + dur) / 1_000, processorMs: tdur / 1_000 };
}

/** Tells what is in a task only where it is long: there are very many. */
function taskOf(event: TraceEvent, complete: readonly TraceEvent[]): Task {
  const task = plain(event);
  return { ...task, parts: task.endMs - task.beginMs > 16 ? partsOf(event, complete) : "" };
}

/** Adds up the processor's time within a time, by what was done, without what stands in that: the largest few. */
function partsOf({ ts, dur = 0 }: Pick<TraceEvent, "ts" | "dur">, complete: readonly TraceEvent[]): string {
  const sums = new Map<string, number>();
  const open: TraceEvent[] = [];
  const add = (name: string, us: number) => sums.set(name, (sums.get(name) ?? 0) + us / 1_000);
  for (const event of complete) {
    if (event.ts < ts || event.ts >= ts + dur) continue;
    while (open.length > 0 && open.at(-1)!.ts + (open.at(-1)!.dur ?? 0) <= event.ts) open.pop();
    add(event.name, event.tdur ?? 0);
    if (open.length > 0) add(open.at(-1)!.name, -(event.tdur ?? 0));
    open.push(event);
  }
  const largest = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, MOST_PARTS);
  return largest.map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(", ");
}

/** Pairs what began with the first picture after the page had been changed for it. */
function drawnOf(own: readonly TraceEvent[], complete: readonly TraceEvent[]): Drawn[] {
  const tasks = complete.filter(({ name }) => name === TASK).map(plain);
  const pictures = own.filter(({ name, ph }) => name === PICTURE && ph === "X").map(({ ts }) => ts / 1_000);
  const timeOf = new Map(own.map(({ name, ts }) => [name, ts / 1_000]));
  return [...timeOf].flatMap(([mark, beganMs]) => {
    const [, name] = /^bench begun (.+)$/.exec(mark) ?? [];
    const changedMs = timeOf.get(`bench changed ${name}`);
    const shownMs = changedMs && pictures.find((ms) => ms > changedMs);
    if (!name || !shownMs) return [];
    const between = tasks.filter(({ beginMs, endMs }) => endMs > beganMs && beginMs <= shownMs);
    return [{
      name: name.split(" ")[0]!,
      workMs: sum(between.map(({ beginMs, endMs }) => endMs - beginMs)),
      processorMs: sum(between.map(({ processorMs }) => processorMs)),
      afterMs: between.at(-1)!.endMs - beganMs,
      parts: partsOf({
        ts: between[0]!.beginMs * 1_000,
        dur: (between.at(-1)!.endMs - between[0]!.beginMs) * 1_000,
      }, complete),
    }];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
