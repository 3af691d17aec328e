/** Where the processor's time goes in a page: the functions that are on top of the stack most often. */
import type { Page } from "playwright-core";

const EVERY_US = 200;
const SHOWN = 25;

/** Does `act`, with `isProfiled` under the profiler, and prints what it found. */
export async function profiled(
  page: Page,
  { what, isProfiled }: { what: string; isProfiled: boolean },
  act: () => Promise<void>,
): Promise<void> {
  if (!isProfiled) return await act();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.setSamplingInterval", { interval: EVERY_US });
  await devtools.send("Profiler.start");
  await act();
  const { profile } = await devtools.send("Profiler.stop");
  print(what, profile);
}

interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  }[];
  samples?: number[];
  timeDeltas?: number[];
}

function print(what: string, { nodes, samples = [], timeDeltas = [] }: Profile): void {
  const names = new Map(nodes.map(({ id, callFrame }) => {
    const { functionName, url, lineNumber, columnNumber } = callFrame;
    const file = url.split("/").at(-1);
    return [id, `${functionName || "(no name)"} ${file && `${file}:${lineNumber + 1}:${columnNumber + 1}`}`];
  }));
  const selfMs = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = names.get(id)!;
    selfMs.set(name, (selfMs.get(name) ?? 0) + timeDeltas[at]! / 1_000);
  });
  const most = [...selfMs].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
  console.error(`${what}, milliseconds of its own:`);
  for (const [name, time] of most) console.error(`  ${time.toFixed(1).padStart(9)}  ${name}`);
}
