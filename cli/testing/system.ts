/** A server with an agent that carries out commands, for the tests of the command line. */
import { z } from "zod";
import { Agent } from "../../agent/mod.ts";
import { Hub } from "../../server/testing/hub.ts";

/** What the agent's owner allows. */
const POLICY = {
  allow: [
    { program: "sh", arguments: ["-c", "**"] },
    { program: "printf", arguments: ["**"] },
    { program: "sleep", arguments: ["**"] },
    { program: "uname", arguments: ["-s"], approve: true },
    { interpreter: "bash" },
    { shell: true, lines: ["echo one | tr o 0"] },
  ],
  approval_expires_s: 60,
};

/** Owns the server and the agent. */
export class System implements AsyncDisposable {
  private constructor(
    readonly hub: Hub,
    readonly agent: Agent,
    readonly policyFile: string,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async start(): Promise<System> {
    await using resources = new AsyncDisposableStack();
    const hub = resources.use(await Hub.open());
    const directory = await Deno.makeTempDir({ prefix: "parley-cli-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const policyFile = `${directory}/policy.json`;
    await Deno.writeTextFile(policyFile, JSON.stringify(POLICY));
    const agent = resources.use(workerOf(hub, policyFile));
    await agent.start();
    return new System(hub, agent, policyFile, resources.move());
  }

  get server(): string {
    return this.hub.http;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }
}

/** Makes an agent of that hub, which is not started yet. */
export function workerOf(hub: Hub, policyFile: string, name = "Worker"): Agent {
  const server = `127.0.0.1:${hub.server.grpcPort}`;
  const agent = new Agent({ name, id: `agent_${name.toLowerCase()}`, server, commands: { policyFile } });
  agent.onCommand("sum", z.object({ numbers: z.array(z.number()) }), ({ numbers }, { output }) => {
    output("adding\n");
    return numbers.reduce((sum, each) => sum + each, 0);
  });
  return agent;
}
