/** A real runner for tests: asked as an agent asks it, and what it tells in order. */
import { isAlive } from "../../../shared/testing/task_process.ts";
import { Arrivals } from "../../testing/arrivals.ts";
import type { Outcome, RunnerEvent, RunnerRequest } from "../frames.ts";
import { type CommandRules, RunnerClient } from "../runner_client.ts";

type Run = RunnerRequest & { do: "run" };

export class TestRunner implements AsyncDisposable {
  readonly deaths = new Arrivals<"died">();
  readonly #events = new Map<string, Arrivals<RunnerEvent>>();

  private constructor(readonly client: RunnerClient, readonly directory: string) {
    client.listen({
      onEvent: (event) => "id" in event && this.events(event.id).add(event),
      onDeath: () => this.deaths.add("died"),
      onGone: (error) => {
        throw error;
      },
    });
  }

  /** Starts one by a policy whose entries may say `$DIR`: a directory of the test's own, which is removed in the end. */
  static async start(policy: Record<string, unknown>, allow: string[] = []): Promise<TestRunner> {
    const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "parley-runner-test-" }));
    const policyFile = `${directory}/policy.json`;
    await Deno.writeTextFile(
      policyFile,
      JSON.stringify({ allow: [], ...policy }).replaceAll("$DIR", directory),
    );
    const rules: CommandRules = { allow, policyFile };
    const client = await RunnerClient.start(rules).catch(async (error) => {
      await Deno.remove(directory, { recursive: true });
      throw error;
    });
    return new TestRunner(client, directory);
  }

  /** What the runner told of one command. */
  events(id: string): Arrivals<RunnerEvent> {
    if (!this.#events.has(id)) this.#events.set(id, new Arrivals());
    return this.#events.get(id)!;
  }

  run(id: string, more: Partial<Run>): void {
    this.client.request({
      do: "run",
      id,
      type: "shell",
      content: "",
      arguments: [],
      parameters: {},
      timeoutS: 60,
      ...more,
    });
  }

  async next<K extends RunnerEvent["is"]>(id: string, is: K): Promise<RunnerEvent & { is: K }> {
    return await this.events(id).nextThat((event) => event.is === is) as RunnerEvent & { is: K };
  }

  async outcome(id: string): Promise<Outcome> {
    return (await this.next(id, "ended")).outcome;
  }

  /** Resolves with what was printed, as soon as it has this many lines. */
  async lines(id: string, many: number): Promise<string[]> {
    for (let text = "";;) {
      text += (await this.next(id, "output")).text;
      const lines = text.split("\n").slice(0, -1);
      if (lines.length >= many) return lines;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Resolves when none of these processes is there (any more than as a zombie). Rejects when one is after half a minute. */
export async function untilGone(pids: number[]): Promise<void> {
  await until(() => !pids.some(isAlive), () => `still there: ${pids.filter(isAlive).join(", ")}`);
}

/** Looks again and again whether `holds`. Rejects with what is `wrong` after half a minute. */
export async function until(holds: () => boolean, wrong: () => string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`It did not come about: ${wrong()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
