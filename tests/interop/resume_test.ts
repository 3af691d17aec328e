// A stranger's frontend that loses its connection, and gets what it missed.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { FrontendPeer } from "./frontend_peer.ts";
import { liveTest } from "./live.ts";
import { type Message, replyTo } from "./message.ts";
import type { System } from "./system.ts";

const LATER = "when I am away";

await liveTest({
  name: "a peer in TypeScript comes back as a frontend",
  broker: true,
  run: async (system, step) => {
    const away = Promise.withResolvers<void>();
    const answer = async (question: Message, agentId: string) => {
      if (question.text_payload === LATER) await away.promise;
      return [replyTo(question, agentId, `heard: ${question.text_payload}`)];
    };
    await using _agent = await AgentPeer.join(system, { name: "Patient", answer });
    const before = await leaveBehindAQuestion(system);
    away.resolve();
    {
      await using other = await FrontendPeer.join(system.ws, "Eve");
      await other.ask("pass me by");
    }

    await step("what was missed comes in order, from the frame after last_seq", async () => {
      await using frontend = await FrontendPeer.join(system.ws, "Ada", before.session);
      checkSame(frontend, before.frontendId);
      const reply = await frontend.answer(before.question);
      assert.equal(reply.text_payload, `heard: ${LATER}`);
      checkNumbers(frontend, before.session.last_seq + 1);
    });
    await step("an older last_seq brings the same frames with the same numbers again", async () => {
      const last_seq = before.reply.seq as number - 1;
      await using frontend = await FrontendPeer.join(system.ws, "Ada", { ...before.session, last_seq });
      checkSame(frontend, before.frontendId);
      assert.deepEqual(await frontend.answer(before.reply.in_reply_to_message_id as string), before.reply);
      await frontend.answer(before.question);
      checkNumbers(frontend, last_seq + 1);
    });
    await step("two connections of a session both get every frame", async () => {
      await using one = await FrontendPeer.join(system.ws, "Ada", before.session);
      await using two = await FrontendPeer.join(system.ws, "Ada", before.session);
      const question = one.say("both of us?");
      const replies = [await one.answer(question), await two.answer(question)];
      assert.deepEqual(replies[0], replies[1]);
      assert.ok(await two.status(question, "delivered"));
    });
    await step("a session token that nobody was given opens nobody's session", async () => {
      const made_up = { session_token: "made-up-0123456789abcdef", last_seq: 0 };
      await using socket = await FrontendPeer.attempt(system.ws, "Eve", made_up);
      const answer = await socket.frames.take("an answer", () => true);
      assert.notEqual(answer.frontend_id, before.frontendId);
      assert.notEqual(answer.resumed, true);
    });
  },
});

/** Asks two questions, sees the first answered, and leaves before the second is. */
async function leaveBehindAQuestion(system: System) {
  await using frontend = await FrontendPeer.join(system.ws, "Ada");
  const reply = await frontend.ask("now");
  const question = frontend.say(LATER);
  await frontend.status(question, "delivered");
  const last_seq = Math.max(...frontend.socket.frames.all.map(({ seq }) => seq ?? 0));
  const session = { session_token: frontend.registration.session_token, last_seq };
  return { frontendId: frontend.id, reply, question, session };
}

function checkSame(frontend: FrontendPeer, id: string): void {
  assert.equal(frontend.id, id);
  assert.equal(frontend.registration.resumed, true);
  assert.notEqual(frontend.registration.gap, true);
}

/** Checks that the numbered frames start at `first` and leave nothing out. */
function checkNumbers(frontend: FrontendPeer, first: number): void {
  const answers = frontend.socket.frames.all.slice(1);
  const numbers = answers.flatMap(({ seq }) => seq === undefined ? [] : [seq]);
  assert.deepEqual(numbers, numbers.map((_, index) => first + index));
}
