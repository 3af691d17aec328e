/** Log files on real disks, full ones included, and with several processes that write them at the same time. */
import assert from "node:assert/strict";
import { createFileLogger } from "./file_logger.ts";
import { TestFolder } from "./testing/folder.ts";

const COUNT = 1_500;
const NAMES = ["a", "b", "c"];
const WRITER = new URL("testing/writing_process.ts", import.meta.url).pathname;

function start(folder: TestFolder, name: string): Deno.ChildProcess {
  const permissions = ["--allow-read", `--allow-write=${folder.path}`];
  const args = ["run", "--quiet", "--no-check", "--no-prompt", ...permissions, WRITER, folder.path, name];
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args, String(COUNT), "20000"],
    stdin: "piped",
  });
  return command.spawn();
}

async function letGo(child: Deno.ChildProcess): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array(1));
  await writer.close();
}

Deno.test("several processes that write the same files, and go on to new ones, lose no line and tear none", async () => {
  await using folder = await TestFolder.make();
  const children = NAMES.map((name) => start(folder, name));
  await Promise.all(children.map(letGo));
  for (const child of children) assert.equal((await child.status).code, 0);
  const entries = await folder.entries("task_history");
  for (const name of NAMES) {
    const numbers = entries.filter(({ source }) => source === name).map(({ data }) => data.number);
    assert.deepEqual(
      numbers.map(Number).toSorted((one, other) => one - other),
      Array.from({ length: COUNT }, (_, at) => at),
    );
  }
  assert.ok((await folder.files()).length > 20);
});

/** A file on which every write says that there is no more room. */
const hasFullDevice = await Deno.stat("/dev/full").then(() => true, () => false);

Deno.test({
  name: hasFullDevice
    ? "a file logger stops where there is no more room, and says so"
    : "a file logger stops where there is no more room (ignored: there is no /dev/full)",
  ignore: !hasFullDevice,
  async fn() {
    await using folder = await TestFolder.make();
    await Deno.mkdir(`${folder.path}/2024-01-15`, { recursive: true });
    await Deno.symlink("/dev/full", `${folder.path}/2024-01-15/task_history_2024-01-15.jsonl`);
    await using logger = createFileLogger(folder.path, { now: () => Date.parse("2024-01-15T00:00:00Z") });
    logger.logTask("task_1", null, "created");
    await logger.flush();
    assert.match(logger.fault ?? "", /No space left on device/);
    assert.equal((await logger.getLogStats()).entries_dropped, 1);
  },
});

/** Starts a process that finds no more room in a file after a mebibyte; what does not fit of a write is left out. */
function startConfined(folder: TestFolder): Deno.ChildProcess {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-check", "--no-prompt", "-A", WRITER];
  const script = `trap "" XFSZ; ulimit -f 2048; exec "$@"`;
  const args = ["-c", script, "sh", ...deno, folder.path, "a", "20000", "1000000000"];
  return new Deno.Command("sh", { args, stdin: "piped", stdout: "piped" }).spawn();
}

Deno.test("a process whose files are full goes on to its end, keeps whole lines, and one after it begins a new line", async () => {
  await using folder = await TestFolder.make();
  const child = startConfined(folder);
  await letGo(child);
  const { code, stdout } = await child.output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /Nothing is written .*File too large/);
  const [name] = await folder.files();
  const file = `${folder.path}/${name}`;
  assert.equal((await Deno.stat(file)).size, 1024 * 1024);
  // Though it may be another day by now.
  const nowMs = Date.parse(`${name!.slice(0, 10)}T12:00:00Z`);
  await using logger = createFileLogger(folder.path, { now: () => nowMs });
  logger.logTask("task_last", null, "created");
  await logger.flush();
  const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
  const broken = lines.filter((line) => !isJson(line));
  assert.deepEqual([broken.length, lines.indexOf(broken[0]!)], [1, lines.length - 2]);
  assert.equal(JSON.parse(lines.at(-1)!).task_id, "task_last");
});

function isJson(line: string): boolean {
  try {
    return Boolean(JSON.parse(line));
  } catch {
    return false;
  }
}

Deno.test("a file logger that may not write says which permission it lacks, and asks nobody", async () => {
  await using folder = await TestFolder.make();
  const program = `
    import { createFileLogger } from ${JSON.stringify(import.meta.resolve("./file_logger.ts"))};
    const logger = createFileLogger(${JSON.stringify(folder.path)});
    logger.logTask("task_1", null, "created");
    await logger[Symbol.asyncDispose]();
    console.log(logger.fault);
  `;
  const args = ["run", "--quiet", "--no-check", "--allow-read", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout } = await child.output();
  assert.match(new TextDecoder().decode(stdout), new RegExp(`--allow-write=${folder.path}`));
});
