/** What it costs when nothing happens: everybody is connected, and stays. */
import { pause } from "../../shared/pause.ts";
import { LineProcess } from "./line_process.ts";
import type { Options } from "./main.ts";
import { hold } from "./process.ts";
import type { Finding } from "./report.ts";
import { openParley, openPeer, type System, until, usageOf } from "./systems.ts";

const MOST_MB = 250;
const MOST_PERCENT = 5;
/** Processes that share the agents. */
const AGENT_PROCESSES = 2;
/** Milliseconds after all are there, in which what that took dies away. */
const SETTLE_MS = 15_000;

/** Measures all systems over the same `idleS` seconds; a peer has a frontend for each of our agents, too. */
export async function measureRest({ clients, agents, idleS }: Options): Promise<Finding[]> {
  await using parley = await openParley();
  await using bare = await openPeer("bare");
  await using socketIo = await openPeer("socket.io");
  await using crowd = new LineProcess("crowd.ts");
  const each = Math.ceil(agents / AGENT_PROCESSES);
  await using _one = hold(["bench/presence/grpc_agent.ts", parley.grpc, "rest-a", String(each)]);
  await using _other = hold(["bench/presence/grpc_agent.ts", parley.grpc, "rest-b", String(agents - each)]);
  await until(async () => await agentsOnline(parley) === agents);
  await crowd.ask({ do: "open", kind: "parley", url: parley.url, count: clients });
  for (const { kind, url } of [bare, socketIo]) {
    await crowd.ask({ do: "open", kind, url, count: clients + agents });
  }
  await pause(SETTLE_MS);
  const systems = [parley, bare, socketIo];
  const before = systems.map(({ pid }) => usageOf(pid));
  await pause(idleS * 1_000);
  const [ours, ...peers] = systems.map(({ pid }, at) => {
    const { residentMb, processorMs } = usageOf(pid);
    return { residentMb, percent: (processorMs - before[at]!.processorMs) / (idleS * 10) };
  }) as [Cost, Cost, Cost];
  const who = `${clients} frontends and ${agents} agents at rest`;
  return [
    {
      what: `${who}, memory`,
      bar: `≤ ${MOST_MB} MB`,
      measured: `${ours.residentMb.toFixed(0)} MB`,
      isHeld: ours.residentMb <= MOST_MB,
    },
    {
      what: `  processor over ${idleS} s`,
      bar: `≤ ${MOST_PERCENT} % of a core`,
      measured: `${ours.percent.toFixed(1)} %`,
      isHeld: ours.percent <= MOST_PERCENT,
    },
    ...["the bare server", "Socket.IO"].map((name, at) => ({
      what: `  ${name}, ${clients + agents} frontends`,
      measured: `${peers[at]!.residentMb.toFixed(0)} MB, ${peers[at]!.percent.toFixed(1)} %`,
    })),
  ];
}

interface Cost {
  residentMb: number;
  percent: number;
}

async function agentsOnline({ http }: System): Promise<number> {
  return (await (await fetch(`${http}/api/stats`)).json()).agents?.online;
}
