/** Everything with one command on some bus, and every process killed in the middle of a conversation. */
import assert from "node:assert/strict";
import { Frontend } from "./frontend.ts";
import { processOf, start } from "./running.ts";

const KILLED = [["broker", "broker/main.ts"], ["echo", "--kind echo"], ["server", "server/main.ts"]] as const;

/** Starts everything on the bus at `busUrl`, with `env` besides, kills each process, and rejects unless each question is answered once. */
export async function answersOnceThoughKilled(
  busUrl: string,
  env: Record<string, string> = {},
): Promise<void> {
  await using running = await start({ env: { BUS_URL: busUrl, ...env } });
  await running.line(/Parley is ready/);
  const asked: string[] = [];
  let session: Record<string, unknown> = {};
  for (const [name, file] of KILLED) {
    await using frontend = await Frontend.open(running.serverUrl, session);
    const { session_token } = await frontend.frame((frame) => frame.session_token !== undefined);
    session = { session_token, last_seq: 0 };
    const ids = Array.from(
      { length: 5 },
      (_, index) => frontend.ask(`${name} ${index}`, { receiver_id: "agent_echo", if_offline: "wait" }),
    );
    asked.push(...ids);
    await frontend.frame((frame) => frame.message_id === ids.at(-1) && frame.routing_status === "pending");
    Deno.kill(processOf(running.child.pid, file), "SIGKILL");
    await running.line(new RegExp(`start .*${name} was ended by SIGKILL; starting it again in`));
    if (name === "server") break;
    for (const id of ids) await frontend.answerTo(id);
  }
  await using frontend = await Frontend.comeBack(running.serverUrl, session);
  for (const id of asked) assert.equal((await frontend.answerTo(id)).message_type, "REPLY");
  const replies = frontend.frames.filter(({ message_type }) => message_type === "REPLY");
  const answered = replies.map((reply) => reply.in_reply_to_message_id);
  assert.deepEqual(answered.toSorted(), asked.toSorted(), "each question is answered once");
}
