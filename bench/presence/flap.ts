/** Agents that come and go all the time: who watches ends with the truth, never sees it go back, and all of it is kept. */
import { pause } from "../../shared/pause.ts";
import type { Seen } from "./flap_watchers.ts";
import type { Truth } from "./flapper.ts";
import { LineProcess } from "./line_process.ts";
import type { Options } from "./main.ts";
import type { Finding } from "./report.ts";
import { openParley, type System } from "./systems.ts";

/** Frontends that are frozen for a while meanwhile, in a process of their own. */
const SLOW = 5;
/** The share of the time after which they are frozen, and the share for which. */
const FROZEN_FROM = 0.3;
const FROZEN_FOR = 0.4;
/** Milliseconds after the last change within which everybody must know the truth. */
const TRUTH_WITHIN_MS = 5_000;

/** Has the agents flap with all frontends watching. */
export async function measureFlap({ clients, agents, flapS }: Options): Promise<Finding[]> {
  await using system = await openParley();
  await using watchers = new LineProcess("flap_watchers.ts");
  await using slow = new LineProcess("flap_watchers.ts");
  await using flapper = new LineProcess("flapper.ts");
  await watchers.ask({ do: "open", url: system.url, count: clients });
  await slow.ask({ do: "open", url: system.url, count: SLOW });
  const freezing = freeze(slow, flapS);
  const truth = await flapper.ask<Truth[]>({
    do: "flap",
    server: system.grpc,
    count: agents,
    seconds: flapS,
  });
  await freezing;
  const [all, few] = await Promise.all([watchers, slow].map((each) => compare(each, truth))) as [Told, Told];
  return [...findingsOf({ clients, agents, flapS }, { truth, all, few }), await historyOf(system, truth)];
}

async function freeze(slow: LineProcess, flapS: number): Promise<void> {
  await pause(flapS * FROZEN_FROM * 1_000);
  slow.signal("SIGSTOP");
  await pause(flapS * FROZEN_FOR * 1_000);
  slow.signal("SIGCONT");
}

interface Told extends Seen {
  /** Milliseconds from the end of the flapping until it was the truth for all. */
  afterMs: number;
}

/** Asks until everybody has the truth, or it takes too long. */
async function compare(watchers: LineProcess, truth: Truth[]): Promise<Told> {
  const startedAtMs = performance.now();
  for (;;) {
    const seen = await watchers.ask<Seen>({ do: "compare", truth });
    const afterMs = performance.now() - startedAtMs;
    if (seen.wrong === 0 || afterMs > TRUTH_WITHIN_MS) return { ...seen, afterMs };
    await pause(50);
  }
}

function findingsOf(
  { clients, agents, flapS }: Pick<Options, "clients" | "agents" | "flapS">,
  { truth, all, few }: { truth: Truth[]; all: Told; few: Told },
): Finding[] {
  const flaps = truth.reduce((sum, { came }) => sum + came, 0);
  const rate = (flaps / agents / flapS).toFixed(2);
  return [
    {
      what:
        `${agents} agents flap ${rate} × a second for ${flapS} s; ${clients} frontends end with the truth`,
      bar: "all",
      ...truthOf(all, clients),
    },
    { what: `  ${SLOW} more that were frozen meanwhile`, bar: "all", ...truthOf(few, SLOW) },
    {
      what: "  updates that went backwards",
      bar: "0",
      measured: `${all.backwards + few.backwards} ${all.backwardsExample || few.backwardsExample}`.trim(),
      isHeld: all.backwards + few.backwards === 0,
    },
    {
      what: "  updates told to each",
      measured: `${(all.frames / clients / flapS).toFixed(1)}/s, ${
        (all.megabytes / clients / flapS * 1_000).toFixed(0)
      } KB/s; to the frozen ${(few.frames / SLOW / flapS).toFixed(1)}/s`,
    },
  ];
}

function truthOf(
  { wrong, example, closed, afterMs }: Told,
  count: number,
): Pick<Finding, "measured" | "isHeld"> {
  const lost = closed > 0 ? `, ${closed} were closed` : "";
  const measured = wrong === 0
    ? `all, within ${afterMs.toFixed(0)} ms`
    : `not ${wrong} of ${count}: ${example}`;
  return { measured: measured + lost, isHeld: wrong === 0 && closed === 0 };
}

/** Holds each agent's history against what it did. */
async function historyOf({ http }: System, truth: Truth[]): Promise<Finding> {
  const what = "  the history has every change";
  let [found, done] = [0, 0];
  const faults: string[] = [];
  for (const { id, came, went } of truth) {
    const changes = await changesOf(http, id);
    if (!changes) return { what, bar: "all", measured: "there is no history yet" };
    found += changes.length;
    done += came + went;
    const comings = changes.filter(({ is_online }) => is_online).length;
    if (comings !== came || changes.length - comings !== went || !alternates(changes)) {
      faults.push(`${id}: came ${came}, went ${went}; kept ${comings} and ${changes.length - comings}`);
    }
  }
  const measured = `${found} of ${done}${
    faults.length ? `; ${faults.length} agents wrong, ${faults[0]}` : ""
  }`;
  return { what, bar: "all", measured, isHeld: faults.length === 0 };
}

interface Change {
  at: string;
  is_online: boolean;
}

/** Lists an agent's changes, newest first; undefined where there is no history. */
async function changesOf(http: string, id: string): Promise<Change[] | undefined> {
  const changes: Change[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = `limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const response = await fetch(`${http}/api/agents/${id}/history?${query}`);
    if (!response.ok) return (await response.body?.cancel(), undefined);
    const page = await response.json();
    changes.push(...page.items);
    cursor = page.next_cursor;
  }
  return changes;
}

/** Tells whether each change differs from the one before it, and none is older than that. */
function alternates(changes: Change[]): boolean {
  return changes.every((change, at) => {
    const before = changes[at + 1];
    return !before || (before.is_online !== change.is_online && before.at <= change.at);
  });
}
