/** Commands between real processes: server and agent as their tasks start them, and programs that really run. */
import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import { openProxy } from "../../shared/bus/testing/proxy.ts";
import { isAlive } from "../../shared/testing/task_process.ts";
import { Tasks } from "./tasks.ts";

const ID = "agent_e2e_commands";
const POLICY = {
  allow: [
    { program: "printf", arguments: ["%s", "*"] },
    { program: "sh", arguments: ["-c", "*"], directory: "$DIR" },
    { interpreter: "python3", approve: true },
  ],
};

class Scene extends Tasks {
  /** What lies between the agent and the server. */
  readonly cable = openProxy({ hostname: "127.0.0.1", port: Number(this.ports.grpc) });

  static async open(): Promise<Scene> {
    const scene = new Scene(await Deno.realPath(await Deno.makeTempDir()));
    const policy = JSON.stringify(POLICY).replaceAll("$DIR", scene.directory);
    await Deno.writeTextFile(`${scene.directory}/policy.json`, policy);
    return scene;
  }

  async server(): Promise<Deno.ChildProcess> {
    const server = this.start("start:server");
    await this.until(async () => Boolean(await this.get("/readyz")));
    return server;
  }

  async agent(): Promise<Deno.ChildProcess> {
    const policy = ["--command-policy", `${this.directory}/policy.json`];
    const args = ["--kind", "command", "--id", ID, "--server", `127.0.0.1:${this.cable.port}`, ...policy];
    const agent = this.start("start:agent", args);
    await this.isOnline(true);
    return agent;
  }

  /** Resolves once the agent is shown so. */
  async isOnline(is: boolean): Promise<void> {
    await this.until(async () => (await this.get(`/api/agents/${ID}`)).is_online === is);
  }

  /** Sends a command, and gives its id. It waits for an agent that has registered and not yet opened its stream. */
  async send(command: Record<string, unknown>): Promise<string> {
    const { command_id } = await this.post(`/api/agents/${ID}/commands`, { ...command, if_offline: "wait" });
    return command_id as string;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.cable[Symbol.asyncDispose]();
  }

  async post(path: string, body: unknown = {}): Promise<Record<string, unknown>> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${this.serverUrl}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  }

  /** Resolves with the command once it is so. */
  async command(id: string, is: (command: CommandRecord) => boolean): Promise<CommandRecord> {
    let command: CommandRecord | undefined;
    await this.until(async () => {
      command = await this.get(`/api/commands/${id}`);
      return is(command!);
    });
    return command!;
  }

  /** Resolves with the command when nothing more happens to it. */
  async ended(id: string): Promise<CommandRecord> {
    return await this.command(id, ({ ended_at }) => Boolean(ended_at));
  }
}

Deno.test("commands of an agent", async (t) => {
  await using scene = await Scene.open();
  let server = await scene.server();
  let agent = await scene.agent();

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

  await t.step("end once their agent, which was away when they were cancelled, is back", async () => {
    const line = "echo $$; sleep 600 & echo $!; wait";
    const id = await scene.send({ arguments: ["sh", "-c", line] });
    const { output } = await scene.command(id, (command) => command.output.split("\n").length > 2);
    const processes = output.trim().split("\n").map(Number);
    await scene.cable.cut({ refuse: true });
    await scene.isOnline(false);
    assert.equal((await scene.post(`/api/commands/${id}/cancel`)).status, "running");
    assert.deepEqual(processes.filter(isAlive), processes);
    scene.cable.mend();
    const { status, is_supposed } = await scene.ended(id);
    assert.deepEqual([status, is_supposed], ["cancelled", false]);
    assert.deepEqual(processes.filter(isAlive), []);
  });

  await t.step("did not run when their agent ended before anybody approved them", async () => {
    const id = await scene.send({ type: "python", content: "open('ran', 'w')" });
    const { approval } = await scene.command(id, ({ status }) => status === "awaiting_approval");
    await scene.kill(agent);
    agent = await scene.agent();
    const { status, code, error_message } = await scene.ended(id);
    assert.deepEqual([status, code], ["failed", "unavailable"]);
    assert.match(error_message!, /did not run/);
    const { digest } = approval!;
    await assert.rejects(scene.post(`/api/commands/${id}/approve`, { digest }), /conflict/);
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
