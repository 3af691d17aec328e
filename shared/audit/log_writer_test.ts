import assert from "node:assert/strict";
import { configure, resetSync } from "@logtape/logtape";
import { createFileLogger, type FileLoggerOptions } from "./file_logger.ts";
import type { LogTarget } from "./log_folder.ts";

/** A disk that a test holds up, fills and empties. */
class TestDisk implements LogTarget {
  readonly lines: string[] = [];
  readonly #waiters: (() => void)[] = [];
  fault: Error | undefined;
  held: PromiseWithResolvers<void> | undefined;
  attempts = 0;

  async prepare(): Promise<void> {
    await Promise.resolve();
    if (this.fault) throw this.fault;
  }

  async append(_kind: string, _day: string, lines: readonly string[]): Promise<void> {
    this.attempts++;
    await this.held?.promise;
    if (this.fault) throw this.fault;
    this.lines.push(...lines);
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Resolves with the next lines that are written. */
  written(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}

function loggerOn(disk: TestDisk, options: FileLoggerOptions = {}) {
  return createFileLogger("nowhere", { target: disk, flushAfterMs: 1_000_000, ...options });
}

const FULL = new Error("No space left on device (os error 28)");

Deno.test("entries are written without being asked for, after a while and many together", async () => {
  const disk = new TestDisk();
  await using logger = loggerOn(disk, { flushAfterMs: 1 });
  const written = disk.written();
  for (let number = 0; number < 100; number++) logger.logTask(`task_${number}`, null, "created");
  await written;
  assert.deepEqual([disk.attempts, disk.lines.length], [1, 100]);
});

Deno.test("entries that come while others are written are written without being asked for, too", async () => {
  const disk = new TestDisk();
  disk.held = Promise.withResolvers();
  await using logger = loggerOn(disk, { flushAfterMs: 1 });
  logger.logTask("task_1", null, "created");
  const flushed = logger.flush();
  while (disk.attempts === 0) await Promise.resolve();
  logger.logTask("task_2", null, "created");
  disk.held.resolve();
  await flushed;
  while (disk.lines.length < 2) await disk.written();
});

Deno.test("a slow disk costs entries and no memory: what is more than may wait is dropped, counted and told", async () => {
  const disk = new TestDisk();
  disk.held = Promise.withResolvers();
  await using logger = loggerOn(disk, { mostChars: 10_000 });
  for (let number = 0; number < 1_000; number++) logger.logTask(`task_${number}`, null, "created");
  assert.match(logger.fault ?? "", /too slow: 9\d\d entries/);
  const flushed = logger.flush();
  while (disk.attempts === 0) await Promise.resolve();
  // What is being written takes its room until it is.
  logger.logTask("task_x", null, "y".repeat(5_000));
  disk.held.resolve();
  await flushed;
  await logger.flush();
  assert.equal(logger.fault, undefined);
  const told = JSON.parse(disk.lines.at(-1)!);
  assert.equal(told.error_type, "log_entries_dropped");
  assert.equal(told.data.dropped + disk.lines.length - 1, 1_001);
});

Deno.test("a disk that is full stops the logging, which goes on a minute after it has room, and tells of the gap", async () => {
  const disk = new TestDisk();
  let nowMs = 0;
  await using logger = loggerOn(disk, { now: () => nowMs });
  await logger.flush();
  disk.fault = FULL;
  logger.logTask("task_1", null, "created");
  await logger.flush();
  assert.match(logger.fault ?? "", /No space left on device/);
  disk.fault = undefined;
  logger.logTask("task_2", null, "created");
  await logger.flush();
  assert.deepEqual([disk.attempts, disk.lines], [1, []]);
  nowMs = 60_000;
  logger.logTask("task_3", null, "created");
  await logger.flush();
  assert.equal(logger.fault, undefined);
  await logger.flush();
  assert.deepEqual(disk.lines.map((line) => JSON.parse(line).task_id), ["task_3", undefined]);
  assert.equal(JSON.parse(disk.lines[1]!).data.dropped, 2);
});

Deno.test("a folder that cannot be made stops the logging before the first entry", async () => {
  const disk = new TestDisk();
  disk.fault = new Error("Permission denied (os error 13)");
  await using logger = loggerOn(disk, { now: () => 0 });
  await logger.flush();
  assert.match(logger.fault ?? "", /Permission denied/);
  logger.logTask("task_1", null, "created");
  await logger.flush();
  assert.equal(disk.attempts, 0);
});

/** Collects what the process says meanwhile. */
async function listen(): Promise<Disposable & { lines: string[] }> {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: { lines: ({ level, message }) => lines.push(`${level} ${message.join("")}`) },
    loggers: [{ category: ["parley", "file_log"], sinks: ["lines"] }, {
      category: ["logtape", "meta"],
      sinks: [],
    }],
  });
  return { lines, [Symbol.dispose]: resetSync };
}

Deno.test("a disk that stays full is told of once, and that it has room again", async () => {
  using said = await listen();
  const disk = new TestDisk();
  let nowMs = 0;
  await using logger = loggerOn(disk, { now: () => nowMs });
  await logger.flush();
  disk.fault = FULL;
  for (const _ of [1, 2, 3]) {
    logger.logTask("task_1", null, "created");
    await logger.flush();
    nowMs += 60_000;
  }
  disk.fault = undefined;
  logger.logTask("task_2", null, "created");
  await logger.flush();
  const [warning, info, ...more] = said.lines;
  assert.match(warning!, /^warning .*No space left on device.*tried again every minute/);
  assert.match(info!, /^info The log files are written again/);
  assert.deepEqual(more, []);
});

Deno.test("a disk that is too slow is told of once a minute", async () => {
  using said = await listen();
  let nowMs = 0;
  const disk = new TestDisk();
  await using logger = loggerOn(disk, { mostChars: 1_000, now: () => nowMs });
  for (const ms of [0, 59_999, 60_000]) {
    nowMs = ms;
    for (let number = 0; number < 100; number++) logger.logTask(`task_${number}`, null, "created");
    await logger.flush();
  }
  assert.deepEqual(said.lines, Array(2).fill("warning The log files are too slow; entries are dropped"));
});
