/** A conversation that has gone on for long, put into the store before the server starts. */
import { hashPeerKey, newPeerKey } from "../../server/peer_key.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";

export const CONVERSATION = "conv_bench";
const PERSON = "web_bench";
const AGENT = "agent_bench";
const TOGETHER = 500;

/** A message of every kind that the log draws: most are short, each tenth has a list, a table or code. */
const ANSWERS = [
  ...Array.from(
    { length: 9 },
    (_, at) => `It is **${at}**. ${"What follows from it is short. ".repeat(at + 1)}`,
  ),
  "There are three:\n\n- one\n- another, with `code`\n- a third\n\n```ts\nconst three = [1, 2, 3].map((n) => n * 2);\n```\n\n" +
  "| name | value |\n| --- | --- |\n| one | 1 |\n| two | 2 |",
];

/** Writes `count` messages into the store of `directory`. Gives the session token that their writer's browser has. */
export async function writePast(directory: string, count: number): Promise<string> {
  await using store = await openStore(`sqlite:${directory}/store.sqlite`);
  const [token, server, now] = [newPeerKey(), serverPrincipal("server_bench"), new Date().toISOString()];
  await store.sessions.create(server, {
    frontend_id: PERSON,
    frontend_name: "Dashboard",
    token_hash: hashPeerKey(token),
    created_at: now,
    last_seen: now,
    reserved_seq: 0,
    server_id: server.id,
  });
  for (let next = 0; next < count; next += TOGETHER) {
    const some = Array.from(
      { length: Math.min(TOGETHER, count - next) },
      (_, at) => messageAt(next + at, count),
    );
    await Promise.all(some.map((message) => store.conversations.add(server, message, "delivered")));
  }
  return token;
}

/** Questions and their answers in turn, a minute apart. */
function messageAt(at: number, count: number) {
  const turn = at - at % 2;
  const send_timestamp = new Date(Date.now() - (count - at) * 60_000).toISOString();
  const common = {
    message_id: `msg_bench${at}`,
    conversation_id: CONVERSATION,
    send_timestamp,
    _seq: at + 1,
  };
  if (at === turn) {
    const text_payload = `Question ${turn / 2}: what is it?`;
    return { ...common, message_type: "TEXT", sender_id: PERSON, receiver_id: AGENT, text_payload };
  }
  return {
    ...common,
    message_type: "REPLY",
    sender_id: AGENT,
    receiver_id: PERSON,
    in_reply_to_message_id: `msg_bench${turn}`,
    text_payload: `Answer ${(turn / 2)}. ${ANSWERS[(turn / 2) % ANSWERS.length]!}`,
  };
}
