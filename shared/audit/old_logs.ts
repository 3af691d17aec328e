/** The log files that there are: counted, and removed when they are old. Anything else in their folder stays. */
import { isDay, isLogFile } from "./file_name.ts";

/** Counts the log files under `path` and their bytes. */
export async function countLogs(path: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const file of logFiles(path)) {
    const info = await orMissing(Deno.lstat(file));
    if (!info) continue;
    sum.files++;
    sum.bytes += info.size;
  }
  return sum;
}

/**
 * Removes the log files of the days before `firstKept`, and their folders where nothing else is in them. Links are not
 * followed and not removed. Several processes may do it at once. Gives how many files it removed. Throws what the disk says.
 */
export async function removeLogsBefore(path: string, firstKept: string): Promise<number> {
  let removed = 0;
  for (const day of await daysIn(path)) {
    if (day >= firstKept) continue;
    for await (const file of filesOf(path, day)) if (await isRemoved(file)) removed++;
    await removeIfEmpty(`${path}/${day}`);
  }
  return removed;
}

async function* logFiles(path: string): AsyncGenerator<string> {
  for (const day of await daysIn(path)) yield* filesOf(path, day);
}

async function daysIn(path: string): Promise<string[]> {
  const entries = await entriesOf(path);
  return entries.filter(({ name, isDirectory }) => isDirectory && isDay(name)).map(({ name }) => name);
}

async function* filesOf(path: string, day: string): AsyncGenerator<string> {
  const entries = await entriesOf(`${path}/${day}`);
  for (const { name, isFile } of entries) if (isFile && isLogFile(name, day)) yield `${path}/${day}/${name}`;
}

async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  return await orMissing(Array.fromAsync(Deno.readDir(path))) ?? [];
}

async function isRemoved(file: string): Promise<boolean> {
  return await orMissing(Deno.remove(file).then(() => true)) ?? false;
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await entriesOf(folder)).length > 0) return;
  // Not with what is in it: another process may have put something there meanwhile, and then it stays.
  await Deno.remove(folder).catch(() => {});
}

/** Gives undefined for what another process removed meanwhile. */
async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
