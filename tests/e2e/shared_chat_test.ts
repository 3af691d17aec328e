/** Several servers on one store and one bus share conversations: who asks at one is answered by who is at another. */
import { strict as assert } from "node:assert";
import { Agent } from "../../agent/mod.ts";
import { type Frame, Frontend } from "./frontend.ts";
import { serversTest } from "./two_servers.ts";

const of = (frames: readonly Frame[], id: string) => frames.filter(({ message_id }) => message_id === id);
const repliesTo = (frames: readonly Frame[], id: string) =>
  frames.filter((frame) => frame.message_type === "REPLY" && frame.in_reply_to_message_id === id);

serversTest(
  "a question at one server is answered by an agent at another, once, and seen at every step",
  async ([one, other], resources) => {
    const agent = resources.use(await other.agent());
    const receiver_id = agent.registration.agent_id;
    const frontend = resources.use(await Frontend.open(one.http));
    const ids = Array.from({ length: 30 }, (_, index) => frontend.ask(`${index}`, { receiver_id }));
    for (const id of ids) assert.equal((await frontend.answerTo(id)).message_type, "REPLY");
    for (const id of ids) {
      assert.deepEqual(of(frontend.frames, id).map((frame) => frame.routing_status), [
        "pending",
        "routed",
        "delivered",
      ]);
      assert.equal(repliesTo(frontend.frames, id).length, 1);
    }
    const seqs = frontend.frames.flatMap(({ seq }) => typeof seq === "number" ? [seq] : []);
    assert.deepEqual(seqs, seqs.map((_, index) => index + 1));
  },
);

serversTest(
  "questions of one conversation reach an agent at another server in their order",
  async ([one, other], resources) => {
    const agent = resources.use(await other.listener({ agent_id: "agent_list" }));
    const frontend = resources.use(await Frontend.open(one.http));
    const more = { receiver_id: "agent_list", conversation_id: "conv_ordered" };
    const ids = Array.from({ length: 50 }, (_, index) => frontend.ask(`${index}`, more));
    for (const id of ids) await frontend.answerTo(id);
    assert.deepEqual(agent.heard, ids.map((_, index) => `${index}`));
  },
);

serversTest(
  "what waits for an agent goes to it in its order when it comes, at whichever server",
  async ([one, other], resources) => {
    const frontend = resources.use(await Frontend.open(one.http));
    const first = await other.listener({ agent_id: "agent_late" });
    await first[Symbol.asyncDispose]();
    const more = { receiver_id: "agent_late", if_offline: "wait", conversation_id: "conv_late" };
    const ids = Array.from({ length: 10 }, (_, index) => frontend.ask(`${index}`, more));
    for (const id of ids) {
      await frontend.frame((frame) => frame.message_id === id && frame.routing_status === "routed");
    }
    const late = resources.use(await other.listener({ agent_id: "agent_late" }));
    for (const id of ids) await frontend.answerTo(id);
    assert.deepEqual(late.heard, ids.map((_, index) => `${index}`));
  },
);

serversTest(
  "a session that comes back at another server goes on there, with nothing lost or shown twice",
  async ([one, other], resources) => {
    const agent = resources.use(await other.agent());
    const receiver_id = agent.registration.agent_id;
    const before = resources.use(await Frontend.open(one.http));
    const { session_token, frontend_id } = before.frames[0]!;
    const asked = before.ask("before", { receiver_id });
    const { seq } = await before.answerTo(asked);
    const after = resources.use(await Frontend.open(other.http, { session_token, last_seq: seq }));
    assert.partialDeepStrictEqual(after.frames[0], { frontend_id, resumed: true });
    assert.equal(after.frames[0]!.gap, undefined);
    const id = after.ask("after", { receiver_id });
    const reply = await after.answerTo(id);
    assert.ok((reply.seq as number) > (seq as number));
    assert.equal(repliesTo(after.frames, asked).length, 0);
    assert.equal(repliesTo(after.frames, id).length, 1);
  },
);

serversTest(
  "who asks over HTTP and waits at one server gets the answer, wherever agent and session are",
  async ([one, other], resources) => {
    const agent = resources.use(await other.agent());
    const receiver_id = agent.registration.agent_id;
    const frontend = resources.use(await Frontend.open(other.http));
    const { session_token } = frontend.frames[0]!;
    const bearer: Record<string, string> = { authorization: `Bearer ${session_token}` };
    for (const headers of [{}, bearer]) {
      const answers = await Promise.all(Array.from({ length: 5 }, async (_, index) => {
        const body = JSON.stringify({ text_payload: `${index}`, receiver_id });
        const answer = await fetch(`${one.http}/api/messages?wait=30`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
        });
        return [answer.status, (await answer.json()).text_payload];
      }));
      assert.deepEqual(answers, answers.map((_, index) => [200, `heard: ${index}`]));
    }
    // The session sees what was asked in its name, and how far it is.
    const reply = await frontend.frame((frame) =>
      frame.message_type === "REPLY" && frame.text_payload === "heard: 4"
    );
    for (const routing_status of ["pending", "routed", "delivered"]) {
      const id = reply.in_reply_to_message_id;
      await frontend.frame((frame) => frame.message_id === id && frame.routing_status === routing_status);
    }
  },
);

serversTest(
  "a reply that is written piece by piece at another server is seen as it is written",
  async ([one, other], resources) => {
    const server = `127.0.0.1:${other.server.grpcPort}`;
    const agent = resources.use(new Agent({ name: "Writer", id: "agent_writer", server }));
    const seen = Promise.withResolvers<void>();
    agent.onMessage(async (context) => {
      // A piece is told at most once: it is written until one was seen, which came before the reply.
      const writing = setInterval(() => context.write("piece "), 10);
      await seen.promise;
      clearInterval(writing);
    });
    await agent.start();
    const frontend = resources.use(await Frontend.open(one.http));
    const id = frontend.ask("Write.", { receiver_id: "agent_writer" });
    await frontend.frame((frame) => frame.message_type === "REPLY_CHUNK");
    seen.resolve();
    const reply = await frontend.answerTo(id);
    assert.match(reply.text_payload as string, /^(piece )+$/);
    const frames = frontend.frames.slice(0, frontend.frames.indexOf(reply));
    const pieces = frames.filter(({ message_type }) => message_type === "REPLY_CHUNK");
    assert.ok(pieces.every(({ message_id }) => message_id === reply.message_id));
  },
);
