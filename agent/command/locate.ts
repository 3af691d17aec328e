/** Finds what a policy names on this machine, once, when the runner starts: programs on PATH, directories, the file itself. */
import { dirname, isAbsolute, join, parse } from "node:path";
import { ConfigError } from "../../shared/config.ts";
import type { Policy, PolicySources, ProgramEntry } from "./policy.ts";

/** Links that are followed on the way to one file; the kernel follows no more. */
const MOST_LINKS = 40;

type Entry = Pick<ProgramEntry, "program" | "path" | "source" | "directory">;

/** Reads the policy file. Throws `ConfigError` when it cannot be read, or when anybody may write or replace it. */
export async function readPolicyFile(name: string): Promise<NonNullable<PolicySources["file"]>> {
  try {
    const writable = writableByAll(name);
    if (writable !== undefined) {
      throw new ConfigError(
        `${name} says what may run, and everybody on this machine may write ${
          writable === name ? "it" : writable
        }. chmod o-w ${writable === name ? "it" : "that folder"}.`,
      );
    }
    return { name, text: await Deno.readTextFile(name) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`The policy of commands cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Gives `policy` with the absolute path of every program, as it stands on `path` now. A link is kept: some programs are
 * many under one file, by the name they are called. Throws `ConfigError` naming each entry whose program or directory
 * is not there.
 */
export function located(policy: Policy, path: string): Policy {
  const faults: string[] = [];
  const locate = <T extends Entry>(entries: T[]) => entries.map((entry) => locateOne(entry, path, faults));
  const { programs, shells, scripts } = policy;
  const found = { ...policy, programs: locate(programs), shells: locate(shells), scripts: locate(scripts) };
  if (faults.length > 0) throw new ConfigError(["What may run has faults:", ...faults].join("\n"));
  return found;
}

function locateOne<T extends Entry>(entry: T, path: string, faults: string[]): T {
  for (const directory of entry.directory ?? []) {
    if (!realDirectory(directory)) faults.push(`  ${entry.source}: there is no directory ${directory}.`);
  }
  const found = isPath(entry.program) ? entry.program : findOn(path, entry.program);
  if (found === undefined || !isProgram(found)) {
    faults.push(
      `  ${entry.source}: there is no program ${entry.program}${isPath(entry.program) ? "" : " on PATH"}.`,
    );
  }
  const writable = found === undefined ? undefined : writableByAll(found);
  if (writable !== undefined) {
    faults.push(`  ${entry.source}: everybody on this machine may write ${writable}. chmod o-w it.`);
  }
  return { ...entry, path: found ?? entry.program };
}

/** Gives what anybody may write of the file `path` and of every folder that it is found by; undefined: nothing there is. */
function writableByAll(path: string): string | undefined {
  const { end, folders } = wayTo(path);
  if (modeOf(end) & 0o002) return end;
  return folders.find((folder) => {
    const mode = modeOf(folder);
    // In a folder as /tmp is, nobody replaces what is another's.
    return (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
  });
}

/**
 * Follows `path` as the kernel does, link by link: where it ends, and every folder that a name on the way is looked up
 * in, the last first. Whoever may write one may put another in that name's place.
 */
function wayTo(path: string): { end: string; folders: string[] } {
  const folders = new Set<string>();
  const start = isAbsolute(path) ? path : join(Deno.cwd(), "/") + path;
  let place = parse(start).root;
  const ahead = namesOf(start);
  for (let links = 0; ahead.length > 0;) {
    const name = ahead.shift()!;
    folders.add(place);
    const next = name === ".." ? dirname(place) : join(place, name);
    const target = links < MOST_LINKS ? linkTarget(next) : undefined;
    if (target === undefined) place = next;
    else {
      links += 1;
      ahead.unshift(...namesOf(target));
      if (isAbsolute(target)) place = parse(target).root;
    }
  }
  return { end: place, folders: [...folders].reverse() };
}

/** Lists the names in a path, without those that lead nowhere else. */
function namesOf(path: string): string[] {
  const names = path.slice(parse(path).root.length).split(Deno.build.os === "windows" ? /[\\/]+/ : /\/+/);
  return names.filter((name) => name !== "" && name !== ".");
}

/** Gives what a link says; undefined for what is none, or is not there. */
function linkTarget(path: string): string | undefined {
  try {
    return Deno.lstatSync(path).isSymlink ? Deno.readLinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Gives the permissions of `path`; none where there is no such thing. */
function modeOf(path: string): number {
  try {
    return Deno.statSync(path).mode ?? 0;
  } catch {
    return 0;
  }
}

function isPath(program: string): boolean {
  return /[\\/]/.test(program);
}

/** An empty or relative place on PATH means whatever directory one is in, so it counts for nothing. */
function findOn(path: string, name: string): string | undefined {
  const [separator, endings] = Deno.build.os === "windows"
    ? [";", [".exe", ""]] as const
    : [":", [""]] as const;
  const places = path.split(separator).filter((place) => /^(\/|[A-Za-z]:)/.test(place));
  return places.flatMap((place) =>
    endings.map((ending) => `${place.replace(/[\\/]+$/, "")}/${name}${ending}`)
  ).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (mode === null || (mode & 0o111) !== 0);
  } catch {
    return false;
  }
}

/** Gives the true path of a directory, or undefined when there is none at `path`. */
export function realDirectory(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    return Deno.statSync(real).isDirectory ? real : undefined;
  } catch {
    return undefined;
  }
}
