/** How fast one change reaches every frontend: ours, a bare server and Socket.IO in turn, block by block. */
import { LineProcess } from "./line_process.ts";
import { type Finding, ms, type Spread, spreadOf } from "./report.ts";
import { openParley, openPeer, type SystemKind } from "./systems.ts";

/** Changes of one system before it is another's turn. */
const BLOCK = 10;
/** So many that the p99 of a run is not that of its two slowest. */
const BLOCKS_A_ROUND = 20;
const MOST_MS = 50;
const MOST_TIMES_BARE = 1.3;

/** Measures with `clients` frontends of each system, all connected throughout. The first block of each only warms up. */
export async function measureFanOut(
  { clients, rounds }: { clients: number; rounds: number },
): Promise<Finding[]> {
  await using parley = await openParley();
  await using bare = await openPeer("bare");
  await using socketIo = await openPeer("socket.io");
  await using client = new LineProcess("fan_out_client.ts");
  const systems = [parley, bare, socketIo];
  for (const { kind, url } of systems) await client.ask({ do: "open", kind, url, count: clients });
  const times: Record<SystemKind, number[][]> = { parley: [], bare: [], "socket.io": [] };
  for (let block = 0; block <= rounds * BLOCKS_A_ROUND; block++) {
    for (const { kind } of systems) {
      const measured = await client.ask<number[]>({ do: "change", kind, count: BLOCK });
      if (block > 0) times[kind].push(measured);
    }
  }
  return findingsOf(times, clients, await client.ask<number>({ do: "bytes" }));
}

function findingsOf(times: Record<SystemKind, number[][]>, clients: number, bytes: number): Finding[] {
  const [ours, bare, socketIo] = [times.parley, times.bare, times["socket.io"]].map((blocks) =>
    spreadOf(blocks.flat())
  ) as [Spread, Spread, Spread];
  const ratio = ours.p99 / bare.p99;
  const what = `one change (${bytes} bytes) to ${clients} frontends, at the last of them`;
  const times_ = (of: Spread) =>
    `${(of.p50 / bare.p50).toFixed(2)} × p50, ${(of.p99 / bare.p99).toFixed(2)} × p99`;
  return [
    { what, bar: `p99 ≤ ${MOST_MS} ms`, measured: inFull(ours), isHeld: ours.p99 <= MOST_MS },
    {
      what: "  against the bare server",
      bar: `p99 ≤ ${MOST_TIMES_BARE} ×`,
      measured: times_(ours),
      isHeld: ratio <= MOST_TIMES_BARE,
    },
    { what: "  the bare server", measured: inFull(bare) },
    { what: "  Socket.IO", measured: `${inFull(socketIo)}; ${times_(socketIo)}` },
    { what: "  noise: p50 of the bare server's blocks", measured: blocksRange(times.bare) },
    { what: "  noise: p50 of our blocks", measured: blocksRange(times.parley) },
    { what: "  changes of each", measured: String(times.parley.flat().length) },
  ];
}

function inFull({ p50, p99, max }: Spread): string {
  return `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)} ms`;
}

function blocksRange(blocks: number[][]): string {
  const middles = blocks.map((block) => spreadOf(block).p50);
  return `${ms(Math.min(...middles))}–${ms(Math.max(...middles))} ms`;
}
