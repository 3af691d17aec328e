/** The process that changes something, and sees when the last of its frontends has heard: by one clock. */
import { pause } from "../../shared/pause.ts";
import { type Listener, openFrontends, sayToAll } from "./frontends.ts";
import { answerLines } from "./line_process.ts";
import { openSocketAgent } from "./socket_agent.ts";
import type { SystemKind } from "./systems.ts";

/** Milliseconds between a change that all have heard and the next: long enough that none is gathered with another. */
const PAUSE_MS = { min: 30, max: 110 };
/** Milliseconds after which a change counts as lost. */
const LOST_MS = 5_000;
const AGENT = "agent_bench_change";

interface Crowd {
  count: number;
  send: (text: string) => void;
  close: () => void;
}

const crowds = new Map<SystemKind, Crowd>();
let crowdSize = 0;
let heard = 0;
let mark = "no mark yet";
let changes = 0;
/** An update of ours, which the peers say again with another mark in it. */
let template = { text: "", mark: "" };
let lastText = "";
let allHeard: (atMs: number) => void = () => {};

const listen: Listener = (text) => {
  if (!text.includes(mark)) return;
  if (++heard < crowdSize) return;
  allHeard(performance.now());
  lastText = text;
};

/** Makes a change of `kind`'s system; resolves with the milliseconds until the last frontend has heard of it. */
async function change(kind: SystemKind): Promise<number> {
  const crowd = crowds.get(kind)!;
  mark = `change ${String(++changes).padStart(9, "0")}`;
  heard = 0;
  crowdSize = crowd.count;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  allHeard = resolve;
  const lost = setTimeout(() => reject(new Error(`${heard} of ${crowd.count} heard of ${mark}`)), LOST_MS);
  const text = kind === "parley"
    ? heartbeat(mark)
    : sayToAll(kind, template.text.replace(template.mark, mark));
  const startedAtMs = performance.now();
  crowd.send(text);
  const endedAtMs = await promise;
  clearTimeout(lost);
  if (kind === "parley") template = { text: lastText, mark };
  await pause(PAUSE_MS.min + Math.random() * (PAUSE_MS.max - PAUSE_MS.min));
  return endedAtMs - startedAtMs;
}

function heartbeat(text: string): string {
  return JSON.stringify({
    message_type: "HEARTBEAT",
    agent_id: AGENT,
    status: "active",
    metrics: { internal_state: text },
  });
}

await answerLines({
  async open({ kind, url, count }: { kind: SystemKind; url: string; count: number }) {
    const sockets = await openFrontends({ kind, url, count }, () => listen);
    const agent = kind === "parley" ? await openSocketAgent(url, AGENT) : sockets[0]!;
    crowds.set(kind, {
      count,
      send: (text) => agent.send(text),
      close: () => [...sockets, agent].forEach((socket) => socket.close()),
    });
  },
  /** Makes `count` changes; gives the milliseconds of each. */
  async change({ kind, count }: { kind: SystemKind; count: number }) {
    const times: number[] = [];
    while (times.length < count) times.push(await change(kind));
    return times;
  },
  /** Gives the bytes of an update. */
  bytes: () => new TextEncoder().encode(template.text).length,
});
