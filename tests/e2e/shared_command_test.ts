/** Several servers on one store and one bus: commands for an agent of another server. */
import { strict as assert } from "node:assert";
import * as z from "zod";
import { Agent } from "../../agent/mod.ts";
import type { CommandRecord } from "../../shared/model/command.ts";
import { Events } from "../../server/http/testing/events.ts";
import type { Hub } from "../../server/testing/hub.ts";
import { type Frame, Frontend } from "./frontend.ts";
import { serversTest } from "./two_servers.ts";

/** Connects an agent whose command `work` prints a word, and ends when it is told to, or is cancelled. */
async function worker(hub: Hub, resources: AsyncDisposableStack): Promise<{ end: () => void }> {
  const ended = Promise.withResolvers<void>();
  const agent = new Agent({ name: "Worker", id: "agent_worker", server: `127.0.0.1:${hub.server.grpcPort}` });
  agent.onCommand("work", z.object({}), async (_, { signal, output }) => {
    output("working\n");
    await Promise.race([
      ended.promise,
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      ),
    ]);
    return "done";
  });
  resources.use(agent);
  await agent.start();
  return { end: ended.resolve };
}

/** Asks for a command as the person of a frontend, who watches all commands, and sees it run. */
async function run({ http }: Hub, frontend: Frontend): Promise<string> {
  frontend.send({ message_type: "SUBSCRIBE_COMMANDS" });
  await frontend.frame(({ agents }) => JSON.stringify(agents ?? "").includes("agent_worker"));
  const response = await fetch(`${http}/api/agents/agent_worker/commands`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${frontend.frames[0]!.session_token}`,
    },
    body: JSON.stringify({ type: "work" }),
  });
  assert.equal(response.status, 202);
  const { command_id } = await response.json();
  await frontend.frame((frame) => frame.message_type === "COMMAND_OUTPUT" && frame.command_id === command_id);
  return command_id;
}

const of = (frame: Frame) => frame.command as CommandRecord | undefined;
const ended = (frontend: Frontend, id: string) =>
  frontend.frame((frame) => of(frame)?.command_id === id && of(frame)?.ended_at !== null);

serversTest(
  "whoever begins to watch is shown what runs with an agent of another server",
  async ([one, other], resources) => {
    const { end } = await worker(other, resources);
    const frontend = resources.use(await Frontend.open(one.http));
    const id = await run(one, frontend);
    const later = resources.use(await Events.open(one, "/api/command-events", (frame: Frame) => of(frame)));
    assert.deepEqual([(await later.next())?.command_id], [id]);
    end();
    await later.next((command) => command?.status === "succeeded");
  },
);

serversTest(
  "a command for an agent at another server runs there once, and is watched and read at both",
  async ([one, other], resources) => {
    const { end } = await worker(other, resources);
    const frontend = resources.use(await Frontend.open(one.http));
    const id = await run(one, frontend);
    end();
    const last = of(await ended(frontend, id))!;
    assert.deepEqual([last.status, last.output], ["succeeded", "working\ndone"]);
    for (const { http } of [one, other]) {
      const read = await (await fetch(`${http}/api/commands/${id}`)).json();
      assert.deepEqual([read.status, read.output], ["succeeded", "working\ndone"]);
    }
    const printed = frontend.frames.filter(({ message_type }) => message_type === "COMMAND_OUTPUT");
    assert.deepEqual(printed.map(({ text }) => text), ["working\n"]);
  },
);

serversTest("a command that runs at another server is cancelled", async ([one, other], resources) => {
  await worker(other, resources);
  const frontend = resources.use(await Frontend.open(one.http));
  const id = await run(one, frontend);
  const cancelled = await fetch(`${one.http}/api/commands/${id}/cancel`, { method: "POST" });
  assert.notEqual((await cancelled.json()).cancel_asked_by, null);
  assert.equal(of(await ended(frontend, id))!.status, "cancelled");
});

serversTest(
  "a command for an agent that is away waits for it, at whichever server it comes",
  async ([one, other], resources) => {
    const gone = await other.agent({ agent_id: "agent_worker" });
    const frontend = resources.use(await Frontend.open(one.http));
    const told = (isOnline: boolean) =>
      frontend.frame(({ agents }) =>
        (agents as Record<string, unknown>[] | undefined)?.some((agent) =>
          agent.agent_id === "agent_worker" && agent.is_online === isOnline
        ) ?? false
      );
    await told(true);
    await gone[Symbol.asyncDispose]();
    await told(false);
    const ask = (if_offline: string) =>
      fetch(`${one.http}/api/agents/agent_worker/commands`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: "work", if_offline }),
      });
    const refused = await ask("error");
    assert.deepEqual([refused.status, (await refused.json()).code], [409, "agent_offline"]);
    const { command_id } = await (await ask("wait")).json();
    const { end } = await worker(one, resources);
    end();
    for (;;) {
      const { status } = await (await fetch(`${one.http}/api/commands/${command_id}`)).json();
      if (status === "succeeded") break;
      assert.ok(["waiting", "running"].includes(status), status);
    }
  },
);
