// A stranger's agent and frontend in Python, on Debian's packages.

import assert from "node:assert/strict";
import { FrontendPeer } from "./frontend_peer.ts";
import { PROTOS } from "./grpc_peer.ts";
import { AT_ONCE_MS } from "./inbox.ts";
import { liveTest } from "./live.ts";
import type { Message } from "./message.ts";
import { PythonPeer } from "./python.ts";

await liveTest({
  name: "a peer in Python answers over RabbitMQ",
  broker: true,
  python: true,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    const options = { grpc: system.grpc, amqp: system.amqp, protos: PROTOS };
    const agent = new PythonPeer("agent", { ...options, name: "Snake" });
    await using _agent = agent;
    let id = "";

    await step("it registers over gRPC and is shown online", async () => {
      const registered = await agent.next("registered");
      id = registered.agent_id as string;
      assert.equal(registered.success, true);
      assert.match(id, /^agent_[0-9a-z]{8,}$/);
      assert.ok((await agent.next("heartbeat")).interval as number > 0);
      await frontend.socket.presence(id, true);
    });
    await step("it answers a question that it got from its queue", async () => {
      await agent.next("listening");
      const question = frontend.say("ça va? 🐍");
      const received = await agent.next("received");
      assert.equal(received.persistent, true);
      assert.equal((received.message as Message).message_id, question);
      await frontend.status(question, "delivered");
      const reply = await frontend.answer(question);
      assert.equal(reply.sender_id, id);
      assert.equal(reply.text_payload, "Python heard: ça va? 🐍");
    });
    await step("a frontend in Python chats with it", async () => {
      await using pythia = new PythonPeer("frontend", { url: system.ws, text: "hello, snake" });
      const { frame } = await pythia.next("REPLY");
      assert.equal((frame as Message).text_payload, "Python heard: hello, snake");
    });
    await step("it is offline at once when it ends", async () => {
      await agent[Symbol.asyncDispose]();
      await frontend.socket.presence(id, false, AT_ONCE_MS);
    });
    await step("it is offline at once when it is killed", async () => {
      const mortal = new PythonPeer("agent", { ...options, name: "Mayfly" });
      const mortalId = (await mortal.next("registered")).agent_id as string;
      await mortal.next("listening");
      await frontend.socket.presence(mortalId, true);
      await mortal.kill();
      await frontend.socket.presence(mortalId, false, AT_ONCE_MS);
    });
  },
});
