import { strict as assert } from "node:assert";
import { withoutReplaced } from "./replaced.ts";

/** Writes a message as `id`, `id<answered` or `id=replaced`, with `@agent` behind it where one said it. */
function said(text: string) {
  const [, messageId = "", sign, other = "", agent] = /^(\w+)([<=]?)(\w*)@?(\w*)$/.exec(text) ?? [];
  return {
    messageId,
    senderId: agent ? `agent_${agent}` : "web_ada",
    inReplyToMessageId: sign === "<" ? other : "",
    replacesMessageId: sign === "=" ? other : "",
  };
}

const CASES: [what: string, messages: string, now: string | undefined, left: string][] = [
  ["all where nothing is replaced", "q a<q r b<r", undefined, "q a r b"],
  ["neither an edited question nor its answer", "q a<q r=q b<r", undefined, "r b"],
  ["what the message that is answered now replaces", "x y<x q a<q", "q", "x y"],
  ["the last of a chain alone", "q a<q r=q b<r s=r c<s", undefined, "s c"],
  ["the end of a chain that goes on now", "q a<q r=q b<r", "r", ""],
  ["no answer that came after the replacement", "q r=q a<q b<r", undefined, "r b"],
  ["no second answer, and none to an answer", "q a<q b<q c<a r=q", undefined, "r"],
  ["no answer to a question that is further back", "a<q r=q", undefined, "r"],
  ["what came before and between", "x q y a<q r=q", undefined, "x y r"],
  ["an answer in the place of another", "q a<q b=a", undefined, "q b"],
  ["what says that it replaces itself", "q=q a<q", undefined, "q a"],
  ["what an agent says that it replaces of a person", "q r=q@eve", undefined, "q r"],
  ["what an agent says that it replaces of another agent", "q a<q@bob b=a@eve", undefined, "q a b"],
  ["what an agent has put in the place of its own", "q a<q@bob b=a@bob", undefined, "q b"],
  ["what an agent that asks now says that it replaces of a person", "q a<q", "q@eve", "q a"],
  ["what is unknown to be replaced", "q=none a<q", "other", "q a"],
];

for (const [what, messages, now, left] of CASES) {
  Deno.test(`withoutReplaced() leaves ${what}`, () => {
    const asked = said(now ? `now=${now}` : "now");
    const ids = withoutReplaced(messages.split(" ").map(said), asked).map(({ messageId }) => messageId);
    assert.equal(ids.join(" "), left);
  });
}
