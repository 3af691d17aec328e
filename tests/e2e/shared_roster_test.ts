/** Several servers on one store and one bus share the roster: each shows the agents of all, and acts on any of them. */
import { strict as assert } from "node:assert";
import { Agent } from "../../agent/mod.ts";
import { Frontend } from "./frontend.ts";
import { serversTest } from "./two_servers.ts";

type Info = { agent_id: string; is_online: boolean; status: string; removed?: boolean };

/** Waits until a frontend is told of an agent what `fits`. */
async function told(frontend: Frontend, agentId: string, fits: (info: Info) => boolean): Promise<void> {
  await frontend.frame((frame) =>
    frame.message_type === "AGENT_STATUS_UPDATE" &&
    (frame.agents as Info[]).some((info) => info.agent_id === agentId && fits(info))
  );
}

serversTest(
  "a frontend is told of the agents of another server as of those of its own",
  async ([one, other], resources) => {
    const frontend = resources.use(await Frontend.open(one.http));
    const agent = await other.agent({ agent_id: "agent_there" });
    await told(frontend, "agent_there", ({ is_online }) => is_online);
    const later = resources.use(await Frontend.open(one.http));
    await told(later, "agent_there", ({ is_online }) => is_online);
    await agent[Symbol.asyncDispose]();
    await told(frontend, "agent_there", ({ is_online }) => !is_online);
  },
);

serversTest(
  "an agent that is connected to another server is paused, resumed and taken off",
  async ([one, other], resources) => {
    const frontend = resources.use(await Frontend.open(one.http));
    const agent = await other.listener({ agent_id: "agent_there" });
    await told(frontend, "agent_there", ({ is_online }) => is_online);
    frontend.send({ message_type: "PAUSE_AGENT", agent_id: "agent_there", request_id: "1" });
    const answer = await frontend.frame(({ request_id }) => request_id === "1");
    assert.partialDeepStrictEqual(answer, { status: "success", changed: true });
    await told(frontend, "agent_there", ({ status }) => status === "paused");
    const id = frontend.ask("Are you there?", { receiver_id: "agent_there" });
    await frontend.frame((frame) => frame.message_id === id && frame.routing_status === "routed");
    assert.deepEqual(agent.heard, []);
    frontend.send({ message_type: "RESUME_AGENT", agent_id: "agent_there" });
    await frontend.answerTo(id);
    const taken = await fetch(`${one.http}/api/agents/agent_there/deregister`, { method: "POST" });
    assert.partialDeepStrictEqual(await taken.json(), { changed: true });
    await agent.closed;
    await told(frontend, "agent_there", ({ is_online }) => !is_online);
  },
);

serversTest("the tasks that an agent of another server takes are listed", async ([one, other], resources) => {
  const frontend = resources.use(await Frontend.open(one.http));
  await other.agent({ agent_id: "agent_there", capabilities: { task_types: "resize" } });
  await told(frontend, "agent_there", ({ is_online }) => is_online);
  const { items } = await (await fetch(`${one.http}/api/task-types`)).json();
  assert.deepEqual(
    items.map((
      { task_type, agents }: { task_type: string; agents: unknown[] },
    ) => [task_type, agents.length]),
    [["resize", 1]],
  );
});

serversTest("a reply is stopped that is being written at another server", async ([one, other], resources) => {
  const server = `127.0.0.1:${other.server.grpcPort}`;
  const agent = resources.use(new Agent({ name: "Writer", id: "agent_writer", server }));
  agent.onMessage(async (context) => {
    context.write("one ");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
  });
  await agent.start();
  const frontend = resources.use(await Frontend.open(one.http));
  const id = frontend.ask("Write.", { receiver_id: "agent_writer" });
  const piece = await frontend.frame(({ message_type }) => message_type === "REPLY_CHUNK");
  frontend.send({ message_type: "STOP_REPLY", message_id: piece.message_id });
  assert.equal((await frontend.answerTo(id)).text_payload, "one ");
});
