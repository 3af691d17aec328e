/** How soon an agent whose process was killed is shown offline. */
import { pause } from "../../shared/pause.ts";
import type { Options } from "./main.ts";
import { startAgent, type Way, WAYS } from "./one_agent.ts";
import { type Finding, range } from "./report.ts";
import { openParley, type System } from "./systems.ts";
import { Watcher } from "./watcher.ts";

const MOST_MS = 1_000;
/** Milliseconds that an agent is there at most before it is killed: the moment is chance. */
const STAYS_MS = 500;
/** Milliseconds after which it will not be seen any more. */
const NEVER_MS = 60_000;

/** Kills an agent of each kind, `rounds` times in turn. */
export async function measureGone({ rounds }: Pick<Options, "rounds">): Promise<Finding[]> {
  await using system = await openParley();
  using watcher = await Watcher.open(system.url);
  const times: Record<Way, number[]> = { gRPC: [], WebSocket: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of WAYS) {
      times[way].push(await killOne({ system, watcher, way, id: `kill-${way}-${round}` }));
    }
  }
  return WAYS.map((way) => ({
    what: `agent on ${way} killed (kill -9), shown offline`,
    bar: `≤ ${MOST_MS} ms`,
    measured: range(times[way]),
    isHeld: Math.max(...times[way]) <= MOST_MS,
  }));
}

async function killOne(
  { system, watcher, way, id }: { system: System; watcher: Watcher; way: Way; id: string },
): Promise<number> {
  await using agent = startAgent(system, way, { id });
  await watcher.comes(id);
  await pause(Math.random() * STAYS_MS);
  const killedAtMs = performance.now();
  agent.signal("SIGKILL");
  return (await watcher.sees(id, false, NEVER_MS) ?? Infinity) - killedAtMs;
}
