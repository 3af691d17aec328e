/** What the rounds showed: medians, and each of ours beside its peer of the same round. */

/** One round of one system. */
export interface Round {
  ms: number;
  /** What else was seen. */
  note?: string;
}

/** Which system each of ours is measured against, and how much of it is aimed for. */
const PEERS: [ours: string, peer: string, aim: number][] = [
  ["redis", "bullmq", 1],
  ["redis-queue", "bullmq", 1],
  ["rabbitmq", "raw", 0.3],
  ["rabbitmq-queue", "raw", 0.3],
  ["sqlite", "bullmq", 1],
];

export function report(results: ReadonlyMap<string, readonly Round[]>, count: number): string {
  const lines = [...results].map(([name, rounds]) => {
    const rates = rounds.map(({ ms }) => Math.round(count / ms * 1_000));
    return `${name.padEnd(14)} ${median(rates)} tasks/s (${Math.min(...rates)}–${Math.max(...rates)})`;
  });
  for (const [ours, peer, aim] of PEERS) {
    const pairs = paired(results.get(ours), results.get(peer));
    if (pairs.length === 0) continue;
    const [low, high] = [Math.min(...pairs), Math.max(...pairs)];
    const shown = [median(pairs), low, high].map((each) => each.toFixed(2));
    lines.push(`${ours} against ${peer}: ${shown[0]} × (${shown[1]}–${shown[2]}), aim ${aim}`);
  }
  return lines.join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function paired(ours: readonly Round[] = [], peer: readonly Round[] = []): number[] {
  return ours.slice(0, peer.length).map((round, index) => peer[index]!.ms / round.ms);
}
