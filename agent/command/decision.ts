/** Whether one command may run, and as what exactly: the owner's policy held against what is asked, and nothing else. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { matchesArguments, matchesLine } from "./pattern.ts";
import { type Candidate, directoryFor, type Plan, planOf, type Surroundings } from "./plan.ts";
import type { Policy, ScriptEntry } from "./policy.ts";
import { quoteWords, replaceUnseen, splitWords } from "./words.ts";

/** What somebody asks for. */
export interface Asked {
  commandId: string;
  /** `shell`, `script` or `python`. */
  type: string;
  content: string;
  /** The program and its arguments, or a script's arguments. Empty: only `content` says them. */
  arguments: readonly string[];
  parameters: Readonly<Record<string, string>>;
  /** Seconds that it may take; 0: the owner's limit. */
  timeoutS: number;
}

export type Decision = { kind: "run"; plan: Plan } | { kind: "refuse"; code: ErrorCode; reason: string };

const LONGEST_SHOWN = 300;

/** Decides by `policy`, whose first entry that fits counts. The reason of a refusal says what the owner would add. */
export function decide(policy: Policy, asked: Asked, surroundings: Surroundings): Decision {
  try {
    const candidates = candidatesFor(policy, asked);
    return { kind: "run", plan: firstThatMayRun(candidates, asked, surroundings) };
  } catch (thrown) {
    if (!(thrown instanceof ParleyError)) throw thrown;
    return { kind: "refuse", code: thrown.code, reason: thrown.message };
  }
}

function candidatesFor(policy: Policy, asked: Asked): Candidate[] {
  if ([asked.content, ...asked.arguments].some((text) => text.includes("\0"))) {
    throw new ParleyError("invalid_message", "A command has no NUL characters.");
  }
  return asked.type === "shell" ? shellCandidates(policy, asked) : [scriptCandidate(policy, asked)];
}

function shellCandidates(policy: Policy, asked: Asked): Candidate[] {
  if (asked.arguments.length > 0) return programCandidates(policy, asked.arguments);
  const lines = lineCandidates(policy, asked.content);
  const words = wordsOf(asked.content);
  // What is no list of words may still be a line that the owner gave to a shell.
  if (words instanceof ParleyError) {
    if (lines.length > 0) return lines;
    throw policy.shells.length > 0 && words.code === "forbidden" ? otherLine(asked.content) : words;
  }
  return [...programCandidates(policy, words, lines.length > 0), ...lines];
}

/** Gives the words of a line, or why it has none. */
function wordsOf(line: string): string[] | ParleyError {
  try {
    return splitWords(line);
  } catch (thrown) {
    return ParleyError.from(thrown);
  }
}

function programCandidates(policy: Policy, words: readonly string[], mayBeNone = false): Candidate[] {
  const [asked, ...args] = words;
  if (asked === undefined) {
    throw new ParleyError("invalid_message", "Which program? `content` and `arguments` are empty.");
  }
  const entries = policy.programs.filter((entry) =>
    (entry.program === asked || entry.path === asked) && matchesArguments(entry.arguments, args)
  );
  if (entries.length === 0 && !mayBeNone) throw notAllowed(words);
  return entries.map((entry) => ({
    entry,
    program: entry.path,
    args,
    description: quoteWords([entry.path, ...args]),
  }));
}

function lineCandidates(policy: Policy, content: string): Candidate[] {
  return policy.shells.filter((entry) => entry.lines.some((line) => matchesLine(line, content))).map((
    entry,
  ) => ({
    entry,
    program: entry.path,
    args: ["-c", content],
    description: quoteWords([entry.path, "-c", content]),
  }));
}

function scriptCandidate(policy: Policy, asked: Asked): Candidate {
  const entry = interpreterFor(policy, asked);
  if (asked.content.trim() === "") {
    throw new ParleyError("invalid_message", "A script is in `content`, which is empty.");
  }
  const { path: program, options } = entry;
  return {
    entry,
    program,
    args: [...options, ...asked.arguments],
    script: { text: asked.content, at: options.length },
    description: `${quoteWords([program, ...options])} SCRIPT ${quoteWords(asked.arguments)}`.trim() +
      `\n${shown(asked.content)}`,
  };
}

function interpreterFor({ scripts }: Policy, { type, parameters }: Asked): ScriptEntry {
  const name = type === "python" ? "python3" : parameters.interpreter;
  if (name === undefined) {
    if (scripts.length === 1) return scripts[0]!;
    throw new ParleyError(
      scripts.length === 0 ? "forbidden" : "invalid_message",
      scripts.length === 0
        ? 'The owner of this agent allows no scripts. They would add {"interpreter": "python3"} to the policy file.'
        : `Which interpreter? Name one in parameters.interpreter: ${
          scripts.map((entry) => entry.interpreter).join(", ")
        }.`,
    );
  }
  const found = scripts.find(({ interpreter }) => interpreter === name);
  if (found) return found;
  const entry = JSON.stringify({ interpreter: clipped(name) });
  throw new ParleyError(
    "forbidden",
    `The owner of this agent allows no scripts for '${
      clipped(name)
    }'. They would add ${entry} to the policy file.`,
  );
}

/** Gives the plan of the first candidate whose directory may be the one that is asked for. */
function firstThatMayRun(candidates: Candidate[], asked: Asked, surroundings: Surroundings): Plan {
  for (const candidate of candidates) {
    const directory = directoryFor(candidate, asked.parameters.directory, surroundings);
    if (directory !== undefined) {
      return planOf(candidate, directory, {
        timeoutS: asked.timeoutS,
        environment: surroundings.environment,
      });
    }
  }
  const wanted = asked.parameters.directory;
  throw wanted === undefined
    ? new ParleyError(
      "unavailable",
      "The directory that the owner of this agent set for this does not exist now.",
    )
    : new ParleyError(
      "forbidden",
      `'${clipped(wanted)}' is no directory that the owner of this agent allows here. ` +
        'They would add it, or one above it, to the "directory" of this entry in the policy file.',
    );
}

function notAllowed(words: readonly string[]): ParleyError {
  const [program = ""] = words;
  if (words.length === 1 && /[\s|&;<>()$`]/.test(program)) return noProgram(program);
  const line = quoteWords(words);
  const entry = {
    program: words[0],
    arguments: words.slice(1).map((word) => word.replace(/[\\*]/g, "\\$&")),
  };
  const isPlain = /^[\w@%+=:,./ -]*$/.test(line);
  const wayToAllow = isPlain ? `--allow-command '${line}'` : `${JSON.stringify(entry)} in the policy file`;
  return new ParleyError(
    "forbidden",
    `The owner of this agent does not allow ${clipped(line)}. They would allow it by ${clipped(wayToAllow)}.`,
  );
}

/** For whoever gave a shell's line that is none of those which the owner allows. */
function otherLine(line: string): ParleyError {
  return new ParleyError(
    "forbidden",
    `The owner of this agent does not allow the shell line ${clipped(quoteWords([line]))}. ` +
      `They would allow it by ${clipped(shellEntry(line))} in the policy file.`,
  );
}

function shellEntry(line: string): string {
  return JSON.stringify({ shell: true, lines: [line.replace(/[\\*]/g, "\\$&")] });
}

/** For whoever gave a whole line as the one word that names the program. */
function noProgram(word: string): ParleyError {
  return new ParleyError(
    "forbidden",
    `The owner of this agent allows no program called ${clipped(quoteWords([word]))}. ` +
      "Send its name and its arguments as words of their own. Or send it as a shell's line (in `content` alone; " +
      `on the command line with --line), which they would allow by ${
        clipped(shellEntry(word))
      } in the policy file.`,
  );
}

function clipped(text: string): string {
  const safe = replaceUnseen(text, () => "\ufffd");
  return safe.length <= LONGEST_SHOWN ? safe : `${safe.slice(0, LONGEST_SHOWN)}…`;
}

/** Shows a script as it stands but for what cannot be seen. Whole: a person approves what they can read. */
function shown(text: string): string {
  return replaceUnseen(
    text,
    (character) =>
      character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
