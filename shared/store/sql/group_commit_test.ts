/** Which writes share a transaction, and what becomes of the others when one fails. */
import assert from "node:assert/strict";
import { clearImmediate, setImmediate } from "node:timers";
import type { Transaction } from "kysely";
import type { Failure } from "../dialect.ts";
import { GroupCommit, type Work } from "./group_commit.ts";
import type { Tables } from "./schema.ts";

/** Records transactions instead of running them; `undone` ones are those that rejected. */
class Recorder {
  readonly committed: string[][] = [];
  syncs = 0;
  disk: Promise<void> = Promise.resolve();
  undone = 0;
  #open: string[] = [];

  async transact<T>(work: Work<T>): Promise<T> {
    this.#open = [];
    try {
      const result = await work({} as Transaction<Tables>);
      this.committed.push(this.#open);
      return result;
    } catch (error) {
      this.undone++;
      throw error;
    }
  }

  sync(): Promise<void> {
    this.syncs++;
    return this.disk;
  }

  write(name: string): Work<string> {
    return () => {
      this.#open.push(name);
      return Promise.resolve(name);
    };
  }
}

const DURABLE = { durable: true };
const fail = () => Promise.reject(new Error("no"));

Deno.test("GroupCommit puts writes of one turn into one transaction, in order", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder);
  const names = ["a", "b", "c"];
  const results = await Promise.all(names.map((name) => commits.write(recorder.write(name), DURABLE)));
  assert.deepEqual(results, names);
  assert.deepEqual(recorder.committed, [names]);
});

Deno.test("GroupCommit gathers what is asked for while a transaction is being committed", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder);
  const late: Promise<string>[] = [];
  const first = commits.write(async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    late.push(...["b", "c"].map((name) => commits.write(recorder.write(name), DURABLE)));
  }, DURABLE);
  await first;
  await Promise.all(late);
  assert.deepEqual(recorder.committed, [[], ["b", "c"]]);
});

Deno.test("GroupCommit runs each write by itself when one of them failed", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder);
  const results = await Promise.allSettled([
    commits.write(recorder.write("a"), DURABLE),
    commits.write(fail, DURABLE),
    commits.write(recorder.write("c"), DURABLE),
  ]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual(recorder.committed, [["a"], ["c"]]);
  assert.equal(recorder.undone, 2);
});

Deno.test("GroupCommit rejects every write when no transaction can begin, and takes up work again", async () => {
  const recorder = new Recorder();
  let broken = true;
  const commits = new GroupCommit({
    transact: (work) => broken ? fail() : recorder.transact(work),
    sync: () => recorder.sync(),
  });
  const results = await Promise.allSettled(
    ["a", "b"].map((name) => commits.write(recorder.write(name), DURABLE)),
  );
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "rejected"]);
  broken = false;
  assert.equal(await commits.write(recorder.write("c"), DURABLE), "c");
});

Deno.test("GroupCommit has only durable writes wait for the disk, and goes on meanwhile", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder, 0);
  const disk = Promise.withResolvers<void>();
  recorder.disk = disk.promise;
  const told: string[] = [];
  const durable = commits.write(recorder.write("durable"), DURABLE).then((name) => told.push(name));
  await commits.write(recorder.write("beside it"), { durable: false });
  await commits.write(recorder.write("after it"), { durable: false });
  assert.deepEqual(recorder.committed, [["durable", "beside it"], ["after it"]]);
  assert.deepEqual([recorder.syncs, told], [1, []]);
  disk.resolve();
  await durable;
  assert.deepEqual(told, ["durable"]);
});

Deno.test("GroupCommit rejects durable writes when the disk fails", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder);
  recorder.sync = () => Promise.reject(new Error("no disk"));
  const relaxed = commits.write(recorder.write("a"), { durable: false });
  await assert.rejects(commits.write(recorder.write("b"), DURABLE), /no disk/);
  assert.equal(await relaxed, "a");
  await commits.idle();
});

Deno.test("GroupCommit is idle once everything asked for has ended", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder);
  await commits.idle();
  const writes = Array.from(
    { length: 600 },
    (_, index) => commits.write(recorder.write(`${index}`), DURABLE),
  );
  await commits.idle();
  assert.equal(recorder.committed.flat().length, 600);
  await Promise.all(writes);
});

Deno.test("GroupCommit.flushed() waits for what was asked for, and has it committed without a pause", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder, 3_600_000);
  await commits.flushed();
  await commits.write(recorder.write("first"), DURABLE);
  const before = commits.write(recorder.write("before"), DURABLE);
  await commits.flushed();
  assert.deepEqual(recorder.committed, [["first"], ["before"]]);
  const last = commits.write(recorder.write("last"), DURABLE);
  await commits.idle();
  await Promise.all([before, last]);
});

Deno.test("GroupCommit keeps a write of many rows waiting for no company", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder, 3_600_000);
  await commits.write(recorder.write("first"), DURABLE);
  const few = commits.write(recorder.write("few rows"), DURABLE);
  await commits.write(recorder.write("many rows"), { durable: true, rows: 100 });
  await few;
  assert.deepEqual(recorder.committed, [["first"], ["few rows", "many rows"]]);
});

Deno.test("GroupCommit shares a transaction among so many rows, and gives one with more its own", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(recorder, 0);
  const rows = { a: 100, b: 100, c: 100, d: 1_000, e: 1 };
  const writes = Object.entries(rows).map(([name, rows]) =>
    commits.write(recorder.write(name), { durable: true, rows })
  );
  await Promise.all(writes);
  assert.deepEqual(recorder.committed, [["a", "b"], ["c"], ["d"], ["e"]]);
});

Deno.test("GroupCommit lets everything else go on while a transaction has much to do", async () => {
  const commits = new GroupCommit(new Recorder());
  let turns = 0;
  const turn = () => {
    turns++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const seen: number[] = [];
  const work = () => {
    seen.push(turns);
    for (const until = performance.now() + 1; performance.now() < until;);
    return Promise.resolve();
  };
  await Promise.all(Array.from({ length: 10 }, () => commits.write(work, DURABLE)));
  clearImmediate(next);
  assert.equal(new Set(seen).size, seen.length, `the turns at each of them: ${seen}`);
});

/** Lets a recorder's transactions fail: before their writes, after them, or not (null), one after the other. */
function failing(recorder: Recorder, failures: (Failure | null)[], when: "before" | "in commit") {
  return {
    transact: async <T>(work: Work<T>): Promise<T> => {
      const failure = failures.shift() ?? null;
      if (failure === null) return await recorder.transact(work);
      if (when === "in commit") await work({} as Transaction<Tables>);
      throw new Error(failure);
    },
    sync: () => recorder.sync(),
    failureOf: (error: unknown) => (error as Error).message as Failure,
  };
}

Deno.test("GroupCommit runs the same writes again when others were first, or the connection was lost before the commit", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(failing(recorder, ["raced", "cut"], "before"));
  const results = ["a", "b"].map((name) => commits.write(recorder.write(name), DURABLE));
  assert.deepEqual(await Promise.all(results), ["a", "b"]);
  assert.deepEqual(recorder.committed, [["a", "b"]]);
});

Deno.test("GroupCommit runs no write again when its commit may have happened", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(failing(recorder, ["cut"], "in commit"));
  await assert.rejects(commits.write(() => Promise.resolve("a"), DURABLE), /cut/);
  assert.deepEqual(recorder.committed, []);
});

Deno.test("GroupCommit rejects what waits, too, when the database is away, and takes up work again", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(failing(recorder, ["away"], "before"));
  const asked = Array.from({ length: 600 }, (_, index) => commits.write(recorder.write(`${index}`), DURABLE));
  const results = await Promise.allSettled(asked);
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(await commits.write(recorder.write("later"), DURABLE), "later");
  assert.deepEqual(recorder.committed, [["later"]]);
});

Deno.test("GroupCommit runs no more writes by themselves once the database is away", async () => {
  let transactions = 0;
  const commits = new GroupCommit({
    // The first fails by a write of its own; by then the database is away.
    transact: () => Promise.reject(new Error(++transactions === 1 ? "a write" : "away")),
    sync: () => Promise.resolve(),
    failureOf: (error) => (error as Error).message === "away" ? "away" : undefined,
  });
  const asked = ["a", "b", "c"].map((name) => commits.write(() => Promise.resolve(name), DURABLE));
  const results = await Promise.allSettled(asked);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  assert.equal(transactions, 2);
});

Deno.test("GroupCommit goes on with what waits when a connection was lost in a commit", async () => {
  const recorder = new Recorder();
  const commits = new GroupCommit(failing(recorder, ["cut"], "in commit"));
  const lost = Array.from({ length: 256 }, () => commits.write(() => Promise.resolve("lost"), DURABLE));
  const waiting = commits.write(recorder.write("waiting"), DURABLE);
  assert.deepEqual(
    new Set((await Promise.allSettled(lost)).map(({ status }) => status)),
    new Set(["rejected"]),
  );
  assert.equal(await waiting, "waiting");
});
