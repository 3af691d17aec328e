/** Measures presence: who is gone and how soon that is seen, by how many, and what it costs. */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Finding, report } from "./report.ts";

const HELP = `Usage: deno task bench:presence [options]

Starts the server as its task does, a bare WebSocket server and a Socket.IO server, agents and frontends as
processes of their own, and prints what each bar asks for and what was measured. Ends with 1 when a bar is missed.

  --clients N   frontends (default 1000)
  --agents N    agents at rest, and that flap (default 200)
  --rounds N    how often each thing is done (default 5; changes to all: 200 a round)
  --idle S      seconds at rest over which the processor is measured (default 60)
  --flap S      seconds that the agents flap (default 20)
  --only LIST   some of: gone, silent, fanout, rest, flap (default all)
  --help        show this`;

export interface Options {
  clients: number;
  agents: number;
  rounds: number;
  idleS: number;
  flapS: number;
}

/** Measures one thing. Loaded when its turn has come, so that nothing stands in memory beside another's. */
type Part = (options: Options) => Promise<Finding[]>;

const PARTS: Record<string, Part> = {
  gone: async (options) => (await import("./gone.ts")).measureGone(options),
  silent: async (options) => (await import("./silent.ts")).measureSilent(options),
  fanout: async (options) => (await import("./fan_out.ts")).measureFanOut(options),
  rest: async (options) => (await import("./rest.ts")).measureRest(options),
  flap: async (options) => (await import("./flap.ts")).measureFlap(options),
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      clients: { type: "string", default: "1000" },
      agents: { type: "string", default: "200" },
      rounds: { type: "string", default: "5" },
      idle: { type: "string", default: "60" },
      flap: { type: "string", default: "20" },
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return (console.log(HELP), 0);
  const [clients, agents, rounds, idleS, flapS] = [
    values.clients,
    values.agents,
    values.rounds,
    values.idle,
    values.flap,
  ].map(numberOf) as [number, number, number, number, number];
  const findings: Finding[] = [];
  const startedAt = loadavg()[0]!;
  for (const name of values.only.split(",")) {
    console.error(`measuring: ${name}`);
    findings.push(...await partOf(name)({ clients, agents, rounds, idleS, flapS }));
  }
  const allHeld = report(findings);
  const [load] = loadavg() as [number];
  console.log(
    `\nLoad before ${startedAt.toFixed(2)}, after ${
      load.toFixed(2)
    }; ${navigator.hardwareConcurrency} cores.`,
  );
  return allHeld ? 0 : 1;
}

function partOf(name: string): Part {
  const part = PARTS[name];
  if (part) return part;
  throw new Error(`--only: there is no part '${name}'. There are ${Object.keys(PARTS).join(", ")}.`);
}

function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`'${text}' is no number above 0. Try --help.`);
}
