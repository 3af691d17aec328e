/**
 * An agent that uses what was said before, and says so in a sentence when it cannot answer.
 *
 *   deno run -A examples/03_conversation.ts
 */
import { Agent, ParleyError } from "../agent/mod.ts";

const agent = new Agent({ name: "Tally", role: "worker", capabilities: ["math"], maxConcurrent: 2 });

agent.onMessage(async ({ text, message, conversation }) => {
  const now = numbersIn(text);
  if (now.length === 0) throw new ParleyError("invalid_message", "Send me numbers, and I add them up.");
  const before = (await conversation())
    .filter(({ senderId }) => senderId === message.sender_id)
    .flatMap(({ textPayload }) => numbersIn(textPayload));
  const sum = [...before, ...now].reduce((total, number) => total + number, 0);
  return `Together with the ${before.length} before: **${sum}**`;
});

await agent.run();

function numbersIn(text: string): number[] {
  return (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
}
