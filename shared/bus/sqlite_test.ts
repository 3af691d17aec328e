import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import type { MessageBus } from "./bus.ts";
import { busConformance, FAST_RETRIES } from "./conformance.ts";
import { collecting, fence, freshQueue, holding, message, textOf } from "./conformance/inbox.ts";
import { withRetry } from "./retry.ts";
import { busOver, openSqliteBus } from "./sqlite.ts";
import { openJournal } from "./sqlite_journal.ts";
import { localRig } from "./testing/local_rig.ts";

const NO_CONNECTION = "it has no connection that could be cut";
const NO_FILE = "nothing of it outlives its bus";
const cuts = {
  "a cut connection aborts what is in flight, and it is delivered again": NO_CONNECTION,
  "a connection that is cut again and again loses nothing that was accepted": NO_CONNECTION,
};

busConformance({
  name: "sqlite file",
  open: async () => {
    const directory = await Deno.makeTempDir();
    const rig = localRig(async () => withRetry(await openSqliteBus(`${directory}/queues.db`), FAST_RETRIES));
    const closeRig = rig[Symbol.asyncDispose];
    return {
      ...rig,
      async [Symbol.asyncDispose]() {
        await closeRig();
        await Deno.remove(directory, { recursive: true });
      },
    };
  },
  skip: cuts,
});

busConformance({
  name: "sqlite in memory, readers elsewhere",
  open: () =>
    Promise.resolve(
      localRig(async () => withRetry(elsewhere(await openSqliteBus(":memory:")), FAST_RETRIES)),
    ),
  skip: {
    ...cuts,
    "what was pulled and not settled goes back when the bus is closed": NO_FILE,
    "what is in flight when the bus is closed can still publish its answer": NO_FILE,
  },
});

/** Takes every reader of a bus for one in another process, which may get a message before it is stored. */
function elsewhere(bus: MessageBus): MessageBus {
  const consume: MessageBus["consume"] = (queue, handler, options) =>
    bus.consume(queue, handler, { ...options, mayBeUnstored: true });
  return new Proxy(bus, {
    get: (target, name) => {
      if (name === "consume") return consume;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

busConformance({
  name: "sqlite in memory",
  open: () => Promise.resolve(localRig(async () => withRetry(await openSqliteBus(":memory:"), FAST_RETRIES))),
  skip: {
    ...cuts,
    "what was pulled and not settled goes back when the bus is closed": NO_FILE,
    "what is in flight when the bus is closed can still publish its answer": NO_FILE,
  },
});

async function tempFile(): Promise<AsyncDisposable & { path: string }> {
  const directory = await Deno.makeTempDir();
  return {
    path: `${directory}/queues.db`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Runs a program in another process up to its first line of output, and then kills it. */
async function printed(program: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", new URL("../../deno.json", import.meta.url).pathname, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(program));
  await stdin.close();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  return new TextDecoder().decode(value).trim();
}

/** Runs a program on the queue file's `bus` in a process that is killed after the line it prints. */
function killedAfterALine(program: string, path: string): Promise<string> {
  return printed(`import { busOver, openSqliteBus } from "${import.meta.resolve("./sqlite.ts")}";
    const bus = await openSqliteBus("${path}"); ${program} setInterval(() => {}, 1_000);`);
}

Deno.test("sqlite: what was published when the process is killed is delivered by the next one, in order", async () => {
  await using file = await tempFile();
  const program = `await Promise.all(["a", "b", "c"].map((text) =>
    bus.publish("q", { id: text, body: text, headers: { h: text }, key: "k", priority: 2 })));
    console.log("published");`;
  assert.equal(await killedAfterALine(program, file.path), "published");
  await using bus = await openSqliteBus(file.path);
  const { handler, inbox } = collecting();
  await bus.consume("q", handler);
  const arrived = await inbox.take(3);
  assert.deepEqual(arrived.map(({ envelope }) => envelope.body), ["a", "b", "c"]);
  assert.deepEqual(arrived[0], {
    queue: "q",
    envelope: { id: "a", body: "a", headers: { h: "a" }, key: "k", priority: 2 },
    attempt: 1,
  });
});

Deno.test("sqlite: an attempt whose process was killed counts, each time", async () => {
  await using file = await tempFile();
  const consume =
    `await bus.consume("q", async ({ attempt }) => { console.log(attempt); await new Promise(() => {}); });`;
  const publish = `bus.publish("q", { id: "poison", body: "x", headers: {} });`;
  assert.equal(await killedAfterALine(consume + publish, file.path), "1");
  assert.equal(await killedAfterALine(consume, file.path), "2");
  assert.equal(await killedAfterALine(consume, file.path), "3");
  await using bus = await openSqliteBus(file.path);
  const [pulled] = await bus.pull("q", { limit: 1, blockMs: 5_000 });
  assert.equal(pulled?.attempt, 4);
});

Deno.test("sqlite: a second owner of the file is refused with a sentence that says what to do", async () => {
  await using file = await tempFile();
  await using _bus = await openSqliteBus(file.path);
  const isRefusal = (error: unknown) =>
    error instanceof ParleyError && error.code === "conflict" &&
    /another running process.*set DATA_DIR \(or BUS_URL/.test(error.message);
  await assert.rejects(openSqliteBus(file.path), isRefusal);
  const said = await printed(`import { busOver, openSqliteBus } from "${import.meta.resolve("./sqlite.ts")}";
    await openSqliteBus("${file.path}").catch((error) => console.log(error.code));
    setInterval(() => {}, 1_000);`);
  assert.equal(said, "conflict");
});

Deno.test("sqlite: a file that cannot be opened is refused with its path, and a missing directory is made", async () => {
  await using file = await tempFile();
  await Deno.writeTextFile(file.path, "this is no database, and no directory either".repeat(50));
  for (const path of [file.path, `${file.path}/queues.db`]) {
    await assert.rejects(
      openSqliteBus(path),
      (error) =>
        error instanceof ParleyError && error.code === "unavailable" && error.message.includes(path) &&
        /Set DATA_DIR \(or BUS_URL/.test(error.message),
    );
  }
  await using _bus = await openSqliteBus(`${file.path}.d/deep/queues.db`);
});

Deno.test("sqlite: delayed and finished messages are what they were after a restart", async () => {
  await using file = await tempFile();
  const queue = freshQueue();
  {
    await using bus = await openSqliteBus(file.path);
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    await bus.publish(queue, message("finished"));
    await inbox.next();
    await bus.publish(queue, message("delayed"), { delayMs: 200 });
    await bus.publish("other", message("expired"), { expiresMs: 10 });
  }
  await using bus = await openSqliteBus(file.path);
  const { handler, inbox } = collecting();
  await bus.consume(queue, handler);
  assert.equal(textOf(await inbox.next()), "delayed");
  const other = (await bus.stats()).find((one) => one.queue === "other");
  // Where it had expired before the restart, its queue is no longer known.
  assert.equal(other?.ready ?? 0, 0);
});

Deno.test("sqlite: bodies beyond the memory's share wait in the file", async () => {
  await using bus = await openSqliteBus(":memory:", { memoryBytes: 10 });
  const texts = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(texts.map((text) => bus.publish("q", message(text))));
  const { handler, inbox } = collecting();
  await bus.consume("q", handler);
  assert.deepEqual((await inbox.take(20)).map(textOf), texts);
});

Deno.test("sqlite: a write that the disk refuses is told to its publisher, and acknowledgements are written later", async () => {
  const journal = openJournal(":memory:");
  const write = journal.write.bind(journal);
  let refusals = 0;
  journal.write = (batch) => {
    if (refusals-- > 0) throw new Error("disk full");
    write(batch);
  };
  await using bus = busOver(journal, { durable: true });
  const { handler, inbox } = collecting();
  await bus.consume("q", handler);
  await bus.publish("q", message("before"));
  await inbox.next();
  refusals = 1;
  await assert.rejects(
    bus.publish("q", message("refused")),
    (error) => error instanceof ParleyError && error.code === "unavailable" && /disk/.test(error.message),
  );
  await bus.publish("q", message("after"));
  assert.equal(textOf(await inbox.next()), "after");
  await fence(bus);
  assert.deepEqual(journal.recover().map(({ queue }) => queue).filter((queue) => queue === "q"), []);
});

Deno.test("sqlite: publishes of one turn share a commit", async () => {
  const journal = openJournal(":memory:");
  const write = journal.write.bind(journal);
  const sizes: number[] = [];
  journal.write = (batch) => {
    sizes.push(batch.inserted.length);
    write(batch);
  };
  await using bus = busOver(journal, { durable: true });
  await Promise.all(Array.from({ length: 50 }, () => bus.publish("q", message("x"))));
  assert.deepEqual(sizes, [50]);
});

/** A bus over a journal that notes what is written. */
function watched(): { bus: MessageBus; written: string[] } {
  const journal = openJournal(":memory:");
  const write = journal.write.bind(journal);
  const written: string[] = [];
  journal.write = (batch) => {
    written.push(...batch.inserted.map(({ envelope }) => envelope.id));
    write(batch);
  };
  return { bus: busOver(journal, { durable: true }), written };
}

Deno.test("sqlite: what a reader elsewhere finishes at once resolves its publish and is never written", async () => {
  const { bus, written } = watched();
  await using _ = bus;
  const { handler, inbox } = collecting();
  await bus.consume("q", handler, { mayBeUnstored: true });
  await bus.publish("q", message("x"));
  assert.equal(textOf(await inbox.next()), "x");
  assert.deepEqual(written, []);
});

Deno.test("sqlite: what a reader elsewhere keeps is stored before its publish resolves", async () => {
  const { bus, written } = watched();
  const { handler, inbox } = holding();
  await bus.consume("q", handler, { mayBeUnstored: true });
  const envelope = message("x");
  await bus.publish("q", envelope);
  assert.deepEqual(written, [envelope.id]);
  (await inbox.next()).finish();
  await bus[Symbol.asyncDispose]();
});

Deno.test("sqlite: a message that could be given early does not overtake one that is being stored", async () => {
  const { bus } = watched();
  await using _ = bus;
  const first = bus.publish("q", message("first"));
  const { handler, inbox } = collecting();
  await bus.consume("q", handler, { mayBeUnstored: true });
  await Promise.all([first, bus.publish("q", message("second"))]);
  assert.deepEqual((await inbox.take(2)).map(textOf), ["first", "second"]);
});

Deno.test("a pull that is over takes nothing of what waits, and leaves the queue working", async () => {
  await using bus = await openSqliteBus(":memory:");
  const queue = freshQueue();
  await bus.publish(queue, message("still here"));
  assert.deepEqual(await bus.pull(queue, { limit: 5, signal: AbortSignal.abort() }), []);
  const [pulled] = await bus.pull(queue, { limit: 5 });
  assert.deepEqual([pulled && textOf(pulled), pulled?.attempt], ["still here", 1]);
});
