/** Commands between real processes: server and agent as their tasks start them, and programs that really run. */
import { strict as assert } from "node:assert";
import project from "../../deno.json" with { type: "json" };
import type { CommandRecord } from "../../shared/model/command.ts";
import { freePort } from "../../shared/testing/task_process.ts";
import { inherited } from "../environment.ts";
import { isAlive } from "./running.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ID = "agent_e2e_commands";
const POLICY = {
  allow: [
    { program: "printf", arguments: ["%s", "*"] },
    { program: "sh", arguments: ["-c", "*"], directory: "$DIR" },
    { interpreter: "python3", approve: true },
  ],
};

class Scene implements AsyncDisposable {
  readonly #processes = new Set<Deno.ChildProcess>();
  readonly #http = freePort();
  readonly #grpc = freePort();

  private constructor(readonly directory: string) {}

  static async open(): Promise<Scene> {
    const scene = new Scene(await Deno.realPath(await Deno.makeTempDir()));
    const policy = JSON.stringify(POLICY).replaceAll("$DIR", scene.directory);
    await Deno.writeTextFile(`${scene.directory}/policy.json`, policy);
    return scene;
  }

  async server(): Promise<Deno.ChildProcess> {
    const server = this.#start("start:server", []);
    await this.#until(async () => Boolean(await this.#get("/readyz")));
    return server;
  }

  async agent(): Promise<Deno.ChildProcess> {
    const policy = ["--command-policy", `${this.directory}/policy.json`];
    const args = ["--kind", "command", "--id", ID, "--server", `127.0.0.1:${this.#grpc}`, ...policy];
    const agent = this.#start("start:agent", args);
    await this.#until(async () => (await this.#get(`/api/agents/${ID}`)).is_online === true);
    return agent;
  }

  /** Sends a command, and gives its id. It waits for an agent that has registered and not yet opened its stream. */
  async send(command: Record<string, unknown>): Promise<string> {
    const { command_id } = await this.post(`/api/agents/${ID}/commands`, { ...command, if_offline: "wait" });
    return command_id as string;
  }

  async post(path: string, body: unknown = {}): Promise<Record<string, unknown>> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(this.#url(path), { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  }

  /** Resolves with the command once it is so. */
  async command(id: string, is: (command: CommandRecord) => boolean): Promise<CommandRecord> {
    let command: CommandRecord | undefined;
    await this.#until(async () => {
      command = await this.#get(`/api/commands/${id}`);
      return is(command!);
    });
    return command!;
  }

  /** Resolves with the command when nothing more happens to it. */
  async ended(id: string): Promise<CommandRecord> {
    return await this.command(id, ({ ended_at }) => Boolean(ended_at));
  }

  async kill(child: Deno.ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    await child.status;
    this.#processes.delete(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes].map((child) => this.kill(child)));
    await Deno.remove(this.directory, { recursive: true });
  }

  #start(task: "start:server" | "start:agent", args: string[]): Deno.ChildProcess {
    const [, ...command] = project.tasks[task].command.split(" ");
    const child = new Deno.Command(Deno.execPath(), {
      args: [...command, ...args],
      cwd: ROOT,
      env: {
        ...inherited(),
        PORT: this.#http,
        GRPC_PORT: this.#grpc,
        GRPC_HOST: "127.0.0.1",
        DATA_DIR: this.directory,
      },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#processes.add(child);
    return child;
  }

  #url(path: string): string {
    return `http://127.0.0.1:${this.#http}${path}`;
  }

  /** Gives what the server has at `path`. Throws what it answers otherwise. */
  async #get(path: string) {
    const response = await fetch(this.#url(path));
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  }

  /** Asks again until it is so, or half a minute has passed: the server may be starting or away. */
  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const signal = AbortSignal.timeout(30_000);
    while (!await isSo().catch(() => false)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

Deno.test("commands of an agent", async (t) => {
  await using scene = await Scene.open();
  let server = await scene.server();
  await scene.agent();

  await t.step("run with their arguments as they are, and end as they ended", async () => {
    const text = "a\n'b' \"c\"; $(id)";
    const printed = await scene.ended(await scene.send({ arguments: ["printf", "%s", text] }));
    assert.deepEqual([printed.status, printed.exit_code, printed.output], ["succeeded", 0, text]);
    const failed = await scene.ended(await scene.send({ arguments: ["sh", "-c", "echo no >&2; exit 3"] }));
    assert.deepEqual([failed.status, failed.exit_code, failed.output], ["failed", 3, "no\n"]);
    assert.ok(failed.started_at! >= failed.created_at && failed.ended_at! >= failed.started_at!);
  });

  await t.step(
    "are refused where the owner does not allow them, and where they would run elsewhere",
    async () => {
      for (const command of [{ content: "rm -r /" }, { content: "printf %s a; id" }]) {
        const refused = await scene.ended(await scene.send(command));
        assert.deepEqual([refused.status, refused.code, refused.exit_code], ["failed", "forbidden", null]);
      }
      const command = { arguments: ["sh", "-c", "pwd"], parameters: { directory: "../../etc" } };
      assert.equal((await scene.ended(await scene.send(command))).code, "forbidden");
    },
  );

  await t.step("wait for a person, who approves exactly one", async () => {
    const id = await scene.send({ type: "python", content: "print(6 * 7)" });
    const { approval } = await scene.command(id, ({ status }) => status === "awaiting_approval");
    assert.match(approval!.description, /python3.*\nprint\(6 \* 7\)/);
    await scene.post(`/api/commands/${id}/approve`, { digest: approval!.digest });
    assert.equal((await scene.ended(id)).output, "42\n");
  });

  await t.step("end with all their processes when they are cancelled, or take too long", async () => {
    const line = "trap '' TERM; echo $$; sleep 600 & echo $!; setsid sleep 600 & wait; sleep 600";
    const id = await scene.send({ arguments: ["sh", "-c", line] });
    const { output } = await scene.command(id, (command) => command.output.split("\n").length > 2);
    await scene.post(`/api/commands/${id}/cancel`);
    const cancelled = await scene.ended(id);
    assert.deepEqual([cancelled.status, cancelled.signal], ["cancelled", "SIGKILL"]);
    assert.deepEqual(output.trim().split("\n").map(Number).filter(isAlive), []);
    const late = await scene.ended(
      await scene.send({ arguments: ["sh", "-c", "sleep 600"], timeout_s: 0.3 }),
    );
    assert.deepEqual([late.status, late.code, late.signal], ["timed_out", "timeout", "SIGTERM"]);
  });

  await t.step("go on while the server is killed and started again, and their results are told", async () => {
    const id = await scene.send({
      arguments: ["sh", "-c", "echo begun; while [ ! -e go ]; do sleep 0.05; done; echo ended"],
    });
    await scene.command(id, (command) => command.output.includes("begun"));
    await scene.kill(server);
    server = await scene.server();
    await Deno.writeTextFile(`${scene.directory}/go`, "");
    const { status, output } = await scene.ended(id);
    assert.deepEqual([status, output], ["succeeded", "begun\nended\n"]);
  });

  await t.step("of more than 1 MiB are cut in the middle and say so", async () => {
    const { output, truncated_bytes } = await scene.ended(
      await scene.send({
        arguments: ["sh", "-c", "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last"],
      }),
    );
    assert.match(output, /^first\nx+\n… \d+ bytes were cut out here …\nx+\nlast\n$/);
    assert.equal(truncated_bytes, Number(/(\d+) bytes/.exec(output)![1]));
  });
});
