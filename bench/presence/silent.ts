/** How soon an agent that falls silent, frozen or cut off, is shown offline; against the timeout that was set. */
import { pause } from "../../shared/pause.ts";
import type { Options } from "./main.ts";
import { startAgent, type Way, WAYS } from "./one_agent.ts";
import { Proxy } from "./proxy.ts";
import { type Finding, range } from "./report.ts";
import { openParley, type System } from "./systems.ts";
import { Watcher } from "./watcher.ts";

const GRACE_MS = 1_000;
/** A short timeout that is tried again and again, and the default, which is tried once. */
const SHORT_S = 3;
const DEFAULT_S = 15;
/** Milliseconds beyond the timeout after which it will not be seen any more. */
const NEVER_MS = 40_000;

const HOWS = ["frozen", "cut off"] as const;

interface Case {
  way: Way;
  how: typeof HOWS[number];
  times: number[];
}

/** Silences an agent of each kind in each way, all at the same time, `rounds` times with a short timeout and once with the default. */
export async function measureSilent({ rounds }: Pick<Options, "rounds">): Promise<Finding[]> {
  return [...await measure(SHORT_S, rounds), ...await measure(DEFAULT_S, 1)];
}

async function measure(timeoutS: number, rounds: number): Promise<Finding[]> {
  await using system = await openParley({ AGENT_INACTIVITY_TIMEOUT: String(timeoutS) });
  using watcher = await Watcher.open(system.url);
  const cases: Case[] = WAYS.flatMap((way) => HOWS.map((how) => ({ way, how, times: [] })));
  for (let round = 0; round < rounds; round++) {
    await Promise.all(cases.map((one) => silence(one, { system, watcher, timeoutS, round })));
  }
  const mostMs = timeoutS * 1_000 + GRACE_MS;
  return cases.map(({ way, how, times }) => ({
    what: `agent on ${way} ${how}, timeout ${timeoutS} s, shown offline`,
    bar: `≤ ${mostMs} ms`,
    measured: times.length > 1 ? range(times) : `${times[0]!.toFixed(0)} ms`,
    isHeld: Math.max(...times) <= mostMs,
  }));
}

interface Trial {
  system: System;
  watcher: Watcher;
  timeoutS: number;
  round: number;
}

async function silence(
  { way, how, times }: Case,
  { system, watcher, timeoutS, round }: Trial,
): Promise<void> {
  const id = `silent-${way}-${how.replace(" ", "-")}-${round}`;
  const port = Number(way === "gRPC" ? system.grpc.split(":")[1] : new URL(system.url).port);
  using proxy = new Proxy(port);
  await using agent = startAgent(system, way, { id, port: proxy.ownPort });
  await watcher.comes(id);
  await pause(timeoutS * 1_000 * (0.5 + Math.random()));
  const silentAtMs = performance.now();
  if (how === "frozen") agent.signal("SIGSTOP");
  else proxy.cut();
  const seenAtMs = await watcher.sees(id, false, timeoutS * 1_000 + NEVER_MS);
  times.push((seenAtMs ?? Infinity) - silentAtMs);
}
