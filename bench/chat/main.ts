/** Measures the chat path beside a bare chain of the same hops, in turn, in one run. */
import { Client, type Figures } from "./client.ts";
import { openBare, openParley, residentMb, type System } from "./systems.ts";

const HELP = `Usage: deno task bench:chat [--rounds 5] [--idle 30]

Needs RabbitMQ on localhost and rabbitmqctl. Prints p50, p99 and round trips/s at 1 and at 64 in flight,
the memory of each process after --idle seconds at rest, and the ratios to the bare chain.`;

const ALONE = 400;
const CROWD = 3_000;
const IN_FLIGHT = 64;

interface Row {
  system: System;
  client: Client;
  alone: Figures[];
  crowd: Figures[];
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  if (Deno.args.includes("--help")) return console.log(HELP);
  const rounds = option("--rounds", 5);
  const hosts = [`parley_bench_a_${Deno.pid}`, `parley_bench_b_${Deno.pid}`] as const;
  for (const host of hosts) await addHost(host);
  try {
    const url = (host: string) => `amqp://guest:guest@localhost:5672/${host}`;
    await using bare = await openBare(url(hosts[0]));
    await using rabbit = await openParley("Parley on RabbitMQ", url(hosts[1]));
    await using standard = await openParley("Parley, default bus");
    const memory = await atRest([rabbit, standard], option("--idle", 30));
    const rows = await Promise.all([bare, rabbit, standard].map(open));
    for (let round = 0; round <= rounds; round++) await oneRound(rows, round > 0);
    report(rows, memory);
    for (const { client } of rows) await client.close();
  } finally {
    for (const host of hosts) await rabbitmqctl("delete_vhost", host);
  }
}

async function open(system: System): Promise<Row> {
  return { system, client: await Client.open(system.url, system.registers), alone: [], crowd: [] };
}

/** Measures each system in turn; the first round only warms up. */
async function oneRound(rows: Row[], counts: boolean): Promise<void> {
  for (const row of rows) {
    const alone = await row.client.measure(ALONE, 1);
    if (counts) row.alone.push(alone);
  }
  for (const row of rows) {
    const crowd = await row.client.measure(CROWD, IN_FLIGHT);
    if (counts) row.crowd.push(crowd);
  }
}

function report(rows: Row[], memory: string[]): void {
  const floor = rows[0]!;
  console.log("| in flight | system | p50 ms | ÷ bare | p99 ms | round trips/s | ÷ bare |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const row of rows) printRow(1, row.system.name, { mine: row.alone, floor: floor.alone });
  for (const row of rows) printRow(IN_FLIGHT, row.system.name, { mine: row.crowd, floor: floor.crowd });
  console.log(
    "\nMedian of the rounds, in brackets the least and the most; ratios are medians of the rounds' ratios.\n",
  );
  for (const line of memory) console.log(line);
}

function printRow(
  inFlight: number,
  name: string,
  { mine, floor }: { mine: Figures[]; floor: Figures[] },
): void {
  const cells = [
    inFlight,
    name,
    spread(mine.map(({ p50Ms }) => p50Ms)),
    ratio(mine, floor, ({ p50Ms }) => p50Ms),
    spread(mine.map(({ p99Ms }) => p99Ms)),
    spread(mine.map(({ perSecond }) => perSecond), 0),
    ratio(mine, floor, ({ perSecond }) => perSecond),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

/** Gives a process's memory after the systems have been left alone. */
async function atRest(systems: System[], idleSeconds: number): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
  return systems.map(({ name, processes }) => {
    const figures = processes.map((process) => `${process.name} ${residentMb(process.pid)} MB`);
    return `${name}, VmRSS after ${idleSeconds} s at rest: ${figures.join(", ")}`;
  });
}

function ratio(mine: Figures[], floor: Figures[], of: (figures: Figures) => number): string {
  return median(mine.map((figures, round) => of(figures) / of(floor[round]!))).toFixed(2);
}

function spread(values: number[], digits = 2): string {
  const show = (value: number) => value.toFixed(digits);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function option(name: string, fallback: number): number {
  const at = Deno.args.indexOf(name);
  return at < 0 ? fallback : Number(Deno.args[at + 1]);
}

async function addHost(host: string): Promise<void> {
  await rabbitmqctl("add_vhost", host);
  await rabbitmqctl("set_permissions", "-p", host, "guest", ".*", ".*", ".*");
}

async function rabbitmqctl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("rabbitmqctl", { args, stdout: "null", stderr: "piped" })
    .output();
  if (!success) throw new Error(`rabbitmqctl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
