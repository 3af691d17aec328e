/** Exactly what would run: an allowed command with its directory, its variables and its limits. */
import { createHash } from "node:crypto";
import { ParleyError } from "../../shared/error.ts";
import { MOST_DESCRIPTION_BYTES } from "../../shared/model/command.ts";
import { cutMiddle } from "../../shared/model/cut_middle.ts";
import type { ProgramEntry } from "./policy.ts";
import { quoteWords } from "./words.ts";

/** What a decision needs to know of this machine. */
export interface Surroundings {
  environment: Readonly<Record<string, string>>;
  /** Where the agent was started. */
  startedIn: string;
  /** Gives the true path of a directory, symbolic links resolved; undefined when there is none. */
  realDirectory(path: string): string | undefined;
}

/** Exactly what would run. */
export interface Plan {
  program: string;
  args: string[];
  /** A text that goes to a private file, whose name stands in `args` at this place. */
  script?: { text: string; at: number } | undefined;
  directory: string;
  environment: Record<string, string>;
  timeoutMs: number;
  maxOutputBytes: number;
  approve: boolean;
  /** The same for people. */
  description: string;
}

/** Milliseconds that a program may take where neither the owner nor the command says. */
const DEFAULT_TIMEOUT_MS = 300_000;
/** What every program gets of the agent's own variables. */
const ALWAYS_PASSED = ["PATH", "HOME", "LANG", "TMPDIR", "TMP", "TEMP"];

/** One way that a command would run: by which entry, and as what. */
export interface Candidate {
  entry: Pick<ProgramEntry, "directory" | "environment" | "timeout_s" | "max_output_bytes" | "approve">;
  program: string;
  args: string[];
  script?: Plan["script"];
  description: string;
}

/** Names `plan` for the command `commandId`: whatever differs in what would run makes another digest. */
export function digestOf(plan: Plan, commandId: string): string {
  const { program, args, script, directory, environment, timeoutMs, maxOutputBytes } = plan;
  const variables = Object.entries(environment).sort(([a], [b]) => a < b ? -1 : 1);
  const what = [commandId, program, args, script ?? null, directory, variables, timeoutMs, maxOutputBytes];
  return createHash("sha256").update(JSON.stringify(what)).digest("hex");
}

/** Decides where a candidate runs; undefined: not where it is wanted. */
export function directoryFor(
  { entry }: Candidate,
  wanted: string | undefined,
  { startedIn, realDirectory }: Surroundings,
): string | undefined {
  if (wanted === undefined) return realDirectory(entry.directory?.[0] ?? startedIn);
  if (!entry.directory) return undefined;
  // The true path decides, whatever `..` and links stand in what was asked for.
  const real = realDirectory(isAbsolute(wanted) ? wanted : `${entry.directory[0]}/${wanted}`);
  if (real === undefined) return undefined;
  const roots = entry.directory.map(realDirectory);
  return roots.some((root) => root !== undefined && isWithin(real, root)) ? real : undefined;
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/])/.test(path);
}

function isWithin(path: string, root: string): boolean {
  return path === root ||
    path.startsWith(/[\\/]$/.test(root) ? root : `${root}${Deno.build.os === "windows" ? "\\" : "/"}`);
}

/** Completes a candidate that runs in `directory`. Throws `too_large` where a person could not be shown all they approve. */
export function planOf(
  { entry, program, args, script, description }: Candidate,
  directory: string,
  { timeoutS, environment: own }: { timeoutS: number; environment: Surroundings["environment"] },
): Plan {
  const where = entry.directory ? `\nin ${quoteWords([directory])}` : "";
  return {
    program,
    args,
    script,
    directory,
    environment: environmentFor(entry.environment, own),
    timeoutMs: timeoutFor(entry.timeout_s, timeoutS),
    maxOutputBytes: entry.max_output_bytes,
    approve: entry.approve,
    description: describe(description + where, entry),
  };
}

/** What a person approves is never cut: what runs would be in the part that they do not see. */
function describe(description: string, { approve }: Candidate["entry"]): string {
  const { text, truncatedBytes } = cutMiddle(description, MOST_DESCRIPTION_BYTES);
  if (truncatedBytes === 0 || !approve) return text;
  throw new ParleyError(
    "too_large",
    `A person has to approve this, and can be shown ${MOST_DESCRIPTION_BYTES} bytes, not all of it. Make it shorter, ` +
      "or have a program of the agent's machine do what is long.",
  );
}

function environmentFor(
  named: Readonly<Record<string, string | true>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = ALWAYS_PASSED.map((name): [string, string | true] => [name, true]);
  const entries = Object.entries({ ...Object.fromEntries(passed), ...named });
  return Object.fromEntries(entries.flatMap(([name, value]) => {
    const text = value === true ? own[name] : value;
    return text === undefined ? [] : [[name, text]];
  }));
}

function timeoutFor(ownersS: number | undefined, askedS: number): number {
  const [owners, asked] = [ownersS, askedS > 0 ? askedS : undefined].map((s) =>
    s === undefined ? undefined : s * 1_000
  );
  return Math.min(owners ?? Infinity, asked ?? owners ?? DEFAULT_TIMEOUT_MS);
}
