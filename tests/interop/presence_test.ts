// A stranger's agent that goes and comes: who is online when, and whose an id is.

import { status } from "@grpc/grpc-js";
import assert from "node:assert/strict";
import { AgentPeer, register } from "./agent_peer.ts";
import { FrontendPeer } from "./frontend_peer.ts";
import { GrpcPeer } from "./grpc_peer.ts";
import { AT_ONCE_MS } from "./inbox.ts";
import { liveTest, type Step } from "./live.ts";
import { freshId } from "./message.ts";
import type { System } from "./system.ts";

await liveTest({
  name: "a peer in TypeScript leaves and comes back",
  broker: true,
  env: { AGENT_HEARTBEAT_INTERVAL: "1" },
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    const id = freshId("agent");
    await leavesAndComesBack(system, { step, id, frontend });
    await livesByHeartbeats(system, { step, frontend });
    await sharesNoId(system, { step, id, frontend });
  },
});

interface Coming {
  step: Step;
  id: string;
  frontend: FrontendPeer;
}

async function leavesAndComesBack(system: System, { step, id, frontend }: Coming): Promise<void> {
  await step("an agent may bring its own id, and is offline at once when its streams break", async () => {
    await using agent = await AgentPeer.join(system, { name: "Wanderer", id });
    assert.equal(agent.id, id);
    await frontend.socket.presence(id, true);
    await agent.commands[Symbol.asyncDispose]();
    await frontend.socket.presence(id, false, AT_ONCE_MS);
  });
  await step("a question with if_offline wait is given when the agent is back, online at once", async () => {
    const question = frontend.say("while you were out", { receiver_id: id, if_offline: "wait" });
    await frontend.status(question, "pending");
    await using agent = await AgentPeer.join(system, { name: "Wanderer", id });
    await frontend.socket.presence(id, true, AT_ONCE_MS);
    assert.equal((await agent.asked(question)).message.text_payload, "while you were out");
    assert.equal((await frontend.answer(question)).sender_id, id);
    frontend.socket.frames.forget();
  });
}

async function livesByHeartbeats(system: System, { step, frontend }: Omit<Coming, "id">): Promise<void> {
  await step(
    "without a stream it is online while its heartbeats come, and offline when two are missing",
    async () => {
      using grpc = new GrpcPeer(system.grpc);
      const { server_assigned_id: id } = await register(grpc, "Pulse");
      await frontend.socket.presence(id, true);
      const heartbeat = { agent_id: id, status: "active" };
      const { interval } = await grpc.call<{ interval: number }>("SendHeartbeat", heartbeat);
      assert.equal(interval, 1);
      await frontend.socket.presence(id, false, AT_ONCE_MS);
      await grpc.call("SendHeartbeat", heartbeat);
      await frontend.socket.presence(id, true, AT_ONCE_MS);
    },
  );
}

async function sharesNoId(system: System, { step, id, frontend }: Coming): Promise<void> {
  using stranger = new GrpcPeer(system.grpc);
  const codeOf = (call: Promise<unknown>) => call.then(() => status.OK, ({ code }) => code as status);

  await step("an id that is in use is refused, and free again once its stream is gone", async () => {
    frontend.socket.frames.forget();
    {
      await using _owner = await AgentPeer.join(system, { name: "Owner", id });
      assert.equal(await codeOf(register(stranger, "Thief", id)), status.ALREADY_EXISTS);
    }
    await frontend.socket.presence(id, false, AT_ONCE_MS);
    assert.equal((await register(stranger, "Heir", id)).success, true);
  });
  await step("an id with another kind's prefix is refused", async () => {
    assert.equal(await codeOf(register(stranger, "Web", freshId("web"))), status.INVALID_ARGUMENT);
  });
  await step("a heartbeat of an agent that nobody knows is NOT_FOUND", async () => {
    const heartbeat = stranger.call("SendHeartbeat", { agent_id: freshId("agent"), status: "active" });
    assert.equal(await codeOf(heartbeat), status.NOT_FOUND);
  });
}
