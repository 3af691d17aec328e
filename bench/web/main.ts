/** Measures the dashboard in a real browser: what it loads, how long a long conversation takes, and what a crowd costs. */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Finding, report } from "../presence/report.ts";
import { ignore } from "../../tests/browser/chromium.ts";

const HELP = `Usage: deno task bench:web [options]

Starts server, broker and dashboard as their tasks do, agents in processes of their own, and Chromium; prints what each
bar asks for and what was measured. Ends with 1 when a bar is missed.

  --rounds N    how often each thing is measured, in a new tab each time (default 5)
  --messages N  messages in the long conversation (default 10000)
  --agents N    agents that come and go twice a second (default 200)
  --answers N   answers that are written at the same time (default 50)
  --flap S      seconds that agents come and go where nothing else happens (default 15)
  --only LIST   some of: noise, script, long, crowd (default all)
  --profile     says where the processor's time goes while much happens; the figures are worth nothing then
  --help        show this`;

export interface Options {
  rounds: number;
  messages: number;
  agents: number;
  answers: number;
  flapS: number;
  isProfiled: boolean;
}

type Part = (options: Options) => Promise<Finding[]>;

const PARTS: Record<string, Part> = {
  noise: async (options) => (await import("./noise.ts")).measureNoise(options),
  script: async () => (await import("./script_size.ts")).measureScript(),
  long: async (options) => (await import("./long_conversation.ts")).measureLong(options),
  crowd: async (options) => (await import("./crowd.ts")).measureCrowd(options),
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      rounds: { type: "string", default: "5" },
      messages: { type: "string", default: "10000" },
      agents: { type: "string", default: "200" },
      answers: { type: "string", default: "50" },
      flap: { type: "string", default: "15" },
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return (console.log(HELP), 0);
  if (ignore) throw new Error("There is no Chromium. Set CHROMIUM to where it is.");
  const options = {
    rounds: numberOf(values.rounds),
    messages: numberOf(values.messages),
    agents: numberOf(values.agents),
    answers: numberOf(values.answers),
    flapS: numberOf(values.flap),
    isProfiled: values.profile,
  };
  const startedAt = loadavg()[0]!;
  const findings: Finding[] = [];
  for (const name of values.only.split(",")) {
    console.error(`measuring: ${name}`);
    findings.push(...await partOf(name)(options));
  }
  const allHeld = report(findings);
  const [before, after] = [startedAt, loadavg()[0]!].map((load) => load.toFixed(2));
  console.log(`\nLoad before ${before}, after ${after}; ${navigator.hardwareConcurrency} cores.`);
  return allHeld ? 0 : 1;
}

function partOf(name: string): Part {
  const part = PARTS[name];
  if (part) return part;
  throw new Error(`--only: there is no part '${name}'. There are ${Object.keys(PARTS).join(", ")}.`);
}

function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`'${text}' is no whole number above 0. Try --help.`);
}
