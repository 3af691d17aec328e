/**
 * What an agent's owner allows to run, read from a JSON file and from `--allow-command`. By default nothing may.
 *
 * ```json
 * {
 *   "allow": [
 *     { "program": "df", "arguments": ["-h"] },
 *     { "program": "git", "arguments": ["log", "--oneline", "**"], "directory": "/srv/app", "timeout_s": 20 },
 *     { "program": "/usr/bin/systemctl", "arguments": ["restart", "app-*"], "approve": true },
 *     { "shell": true, "lines": ["df -h | sort", "du -sh * | sort -h"], "directory": ["/srv", "/var/log"] },
 *     { "interpreter": "python3", "program": "python3", "options": ["-I"], "approve": true }
 *   ],
 *   "approval_expires_s": 300,
 *   "max_concurrent": 16
 * }
 * ```
 *
 * `arguments` and `lines` are patterns (see `pattern.ts`). Every entry may have `directory` (where it runs: the first,
 * and where a command may ask to run by `parameters.directory`: at or below any of them; default: where the agent was
 * started, and nowhere else), `environment` (a text is set, `true` passes the agent's own variable on; besides them
 * programs get `PATH`, `HOME`, `LANG` and the temporary folder's), `timeout_s` (the longest it may take; 300 where the
 * command says nothing), `max_output_bytes` and `approve` (a person must say yes to each exact command, once).
 *
 * The first entry that fits counts: programs before shell lines, and each of them in the order of the file.
 *
 * Programs run as the agent's own user: what that user may read and change, an allowed program may.
 */
import * as z from "zod";
import { ConfigError } from "../../shared/config.ts";
import { MOST_OUTPUT_BYTES } from "../../shared/model/command.ts";
import { lineFault, patternFault } from "./pattern.ts";
import { quoteWords, splitWords } from "./words.ts";

const word = z.string().max(10_000).refine((text) => !text.includes("\0"), { error: "Allowed is no NUL" });
const patterns = z.array(word).superRefine((list, context) => {
  const fault = patternFault(list);
  if (fault) context.addIssue({ code: "custom", path: [fault.at], message: fault.reason });
});
const line = word.min(1).superRefine((text, context) => {
  const message = lineFault(text);
  if (message) context.addIssue({ code: "custom", message });
});
const absolute = z.string().regex(/^(\/|[A-Za-z]:[\\/])/, "Allowed is an absolute path");

const limits = {
  directory: z.union([absolute, z.array(absolute).min(1)], {
    error: "Allowed is an absolute path, or a list of them",
  })
    .transform((given) => [given].flat()).optional(),
  environment: z.record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "Allowed are letters, digits and _"),
    z.union([word, z.literal(true)], { error: "Allowed is a text, or true to pass the agent's own on" }),
  ).default({}),
  timeout_s: z.number().positive().max(86_400).optional(),
  max_output_bytes: z.int().min(200).max(MOST_OUTPUT_BYTES).default(MOST_OUTPUT_BYTES),
  approve: z.boolean().default(false),
};
const program = z.string().regex(
  /^([^\0/\\]+|\/[^\0]*|[A-Za-z]:[^\0]*)$/,
  "Allowed is a name to find on PATH, or an absolute path",
);

const programEntry = z.strictObject({ program, arguments: patterns.default([]), ...limits });
const shellEntry = z.strictObject({
  shell: z.literal(true),
  lines: z.array(line).min(1),
  ...limits,
});
const scriptEntry = z.strictObject({
  interpreter: z.string().regex(/^[A-Za-z0-9_.+-]{1,100}$/, "Allowed is a name such as python3"),
  program: program.optional(),
  options: z.array(word).default([]),
  ...limits,
}).transform((entry) => ({ ...entry, program: entry.program ?? entry.interpreter }));

const settings = z.strictObject({
  allow: z.array(z.unknown()),
  approval_expires_s: z.number().min(0.05).max(86_400).default(300),
  max_concurrent: z.int().min(1).max(1_000).default(16),
});

/** What runs: as it is named, and its absolute path, the same until `located()` has found it. */
interface Located {
  program: string;
  path: string;
  /** Names the entry in faults. */
  source: string;
}
export type ProgramEntry = z.infer<typeof programEntry> & Located;
export type ShellEntry = z.infer<typeof shellEntry> & Located;
export type ScriptEntry = z.infer<typeof scriptEntry> & Located;

/** Says what may run. */
export interface Policy {
  programs: ProgramEntry[];
  shells: ShellEntry[];
  scripts: ScriptEntry[];
  approvalExpiresMs: number;
  maxConcurrent: number;
}

/** Where an owner's choice comes from. */
export interface PolicySources {
  /** `--allow-command`, each a program with its arguments; a `*` at the end: any further arguments, options included. */
  allow: readonly string[];
  /** The text of the policy file, and what it is called. */
  file?: { name: string; text: string } | undefined;
}

/** Reads what may run. Throws `ConfigError` that names every entry at fault. */
export function parsePolicy({ allow, file }: PolicySources): Policy {
  const faults: string[] = [];
  const policy = file ? parseFile(file, faults) : empty();
  for (const line of allow) policy.programs.push(...parseAllowed(line, faults));
  if (faults.length > 0) throw new ConfigError(["What may run has faults:", ...faults].join("\n"));
  return policy;
}

/** Lists what a policy allows, one line each, for people: what they would type is Markdown's code. */
export function describePolicy({ programs, shells, scripts }: Policy): string[] {
  return [
    ...programs.map((entry) => code(quotePatterns([entry.program, ...entry.arguments])) + approval(entry)),
    ...shells.flatMap((entry) => entry.lines.map((line) => `the shell line ${code(line)}${approval(entry)}`)),
    ...scripts.map((entry) => `scripts for ${code(entry.interpreter)}${approval(entry)}`),
  ];
}

/** Writes `text` as code, with a fence longer than any run of backquotes in it. */
function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  return runs.length > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

function approval({ approve }: { approve: boolean }): string {
  return approve ? " (a person must approve)" : "";
}

function quotePatterns(words: readonly string[]): string {
  return words.map((text) => /^[\w@%+=:,./*^-]+$/.test(text) ? text : quoteWords([text])).join(" ");
}

function empty(): Policy {
  return { programs: [], shells: [], scripts: [], approvalExpiresMs: 300_000, maxConcurrent: 16 };
}

function parseFile({ name, text }: { name: string; text: string }, faults: string[]): Policy {
  const policy = empty();
  const given = parsed(settings, parseJson(name, text), { name, faults });
  if (!given) return policy;
  policy.approvalExpiresMs = given.approval_expires_s * 1_000;
  policy.maxConcurrent = given.max_concurrent;
  given.allow.forEach((entry, index) =>
    addEntry(policy, entry, { name: `${name}: allow[${index}]`, faults })
  );
  return policy;
}

interface Place {
  name: string;
  faults: string[];
}

/** An entry is what its own word says, so that a fault is told of that kind and not of three. */
function addEntry(policy: Policy, entry: unknown, place: Place): void {
  const has = (key: string) => typeof entry === "object" && entry !== null && Object.hasOwn(entry, key);
  if (has("shell")) {
    const shell = parsed(shellEntry, entry, place);
    if (shell) policy.shells.push({ ...shell, program: "sh", path: "sh", source: place.name });
  } else if (has("interpreter")) {
    const script = parsed(scriptEntry, entry, place);
    if (script) addScript(policy, { ...script, path: script.program, source: place.name }, place);
  } else if (has("program")) {
    const one = parsed(programEntry, entry, place);
    if (one) policy.programs.push({ ...one, path: one.program, source: place.name });
  } else {
    place.faults.push(
      `  ${place.name}: Allowed is an entry with a program, with shell: true, or with an interpreter.`,
    );
  }
}

/** A script is sought by its interpreter alone, so a second entry would count for nothing, and its `approve` neither. */
function addScript({ scripts }: Policy, script: ScriptEntry, { name, faults }: Place): void {
  const first = scripts.find(({ interpreter }) => interpreter === script.interpreter);
  if (!first) return void scripts.push(script);
  faults.push(
    `  ${name}.interpreter: ${script.interpreter} has an entry already (${first.source}). Give one of them another name.`,
  );
}

function parsed<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { name, faults }: Place,
): z.infer<T> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    faults.push(`  ${name}${pathOf(path)}: ${message.replace(/\.?$/, ".")}`);
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("");
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${name} is no JSON: ${(error as Error).message}`);
  }
}

function parseAllowed(line: string, faults: string[]): ProgramEntry[] {
  const place = { name: `--allow-command ${JSON.stringify(line)}`, faults };
  try {
    const [program = "", ...args] = splitWords(line);
    if (args.at(-1) === "*") args[args.length - 1] = "-**";
    const entry = parsed(programEntry, { program, arguments: args }, place);
    return entry ? [{ ...entry, path: program, source: place.name }] : [];
  } catch (error) {
    faults.push(`  ${place.name}: ${(error as Error).message}`);
    return [];
  }
}
