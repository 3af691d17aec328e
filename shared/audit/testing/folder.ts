/** A folder for log files that is gone when its test is over, and what stands in it. */

/** Any entry, with the fields that tests look at. */
export type AnyEntry = Record<string, unknown> & {
  agent_id: string;
  event: string;
  message_id: string;
  message_type: string;
  task_id: string;
  error_type: string;
  source: string;
  timestamp: string;
  data: Record<string, unknown>;
};

/** Owns the folder; `path` below it is not made yet. */
export class TestFolder implements AsyncDisposable {
  private constructor(readonly root: string) {}

  static async make(): Promise<TestFolder> {
    return new TestFolder(await Deno.makeTempDir({ prefix: "parley-log-" }));
  }

  get path(): string {
    return `${this.root}/logs`;
  }

  /** Lists all files, sorted, as paths below `path`. */
  files(): Promise<string[]> {
    return filesIn(this.path);
  }

  /** Reads every entry of the files whose names contain `part`. Throws where a line is none. */
  entries(part?: string): Promise<AnyEntry[]> {
    return entriesIn(this.path, part);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

/** Reads every entry under `path`, of the files whose names contain `part`. Throws where a line is none. */
export async function entriesIn(path: string, part = ""): Promise<AnyEntry[]> {
  const files = (await filesIn(path)).filter((name) => name.includes(part));
  const texts = await Promise.all(files.map((name) => Deno.readTextFile(`${path}/${name}`)));
  return texts.flatMap((text) => text.split("\n").slice(0, -1).map((line) => JSON.parse(line)));
}

async function filesIn(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const day of Deno.readDir(path)) {
    if (!day.isDirectory) continue;
    for await (const { name } of Deno.readDir(`${path}/${day.name}`)) found.push(`${day.name}/${name}`);
  }
  return found.sort();
}
