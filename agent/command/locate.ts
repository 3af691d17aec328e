/** Finds what a policy names on this machine, once, when the runner starts: programs on PATH, directories, the file itself. */
import { dirname, resolve } from "node:path";
import { ConfigError } from "../../shared/config.ts";
import type { Policy, PolicySources, ProgramEntry } from "./policy.ts";

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

/** Gives what anybody may write of the file `path`, its true place and every folder above either; undefined: nothing there is. */
function writableByAll(path: string): string | undefined {
  const places = [resolve(path), realPath(path) ?? resolve(path)];
  const isWritable = (place: string, inSticky: boolean) => {
    const mode = modeOf(place);
    // In a folder as /tmp is, nobody replaces what is another's.
    return (mode & 0o002) !== 0 && !(inSticky && mode & 0o1000);
  };
  return places.find((place) => isWritable(place, false)) ??
    places.flatMap(foldersAbove).find((folder) => isWritable(folder, true));
}

/** Lists the folders above `place`, the nearest first: whoever may write one may put another in the next one's place. */
function foldersAbove(place: string): string[] {
  const folder = dirname(place);
  return folder === place ? [] : [folder, ...foldersAbove(folder)];
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
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
