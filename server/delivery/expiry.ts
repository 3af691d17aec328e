/** What has waited too long: after a day it becomes an ERROR to its sender, and a dead letter (protocol, "Waiting"). */
import type { PulledDelivery, Verdict } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import { encodeMessage, parseMessage } from "../../shared/model/codec.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import type { DeliveryContext } from "./context.ts";
import { noteDeadLetter } from "./dead_letters.ts";
import { errorAbout } from "./error_message.ts";

/** How long a message waits for its agent, in milliseconds. */
export const WAIT_AT_MOST_MS = 24 * 3_600_000;
const PAGE = 100;

type Tell = (error: Message) => Promise<unknown>;

/** Gives up every message that waits since before `nowMs` less a day, and what lies in queues of agents gone as long. */
export async function expire(context: DeliveryContext, tell: Tell, nowMs = Date.now()): Promise<void> {
  const before = timestamp(nowMs - WAIT_AT_MOST_MS);
  await expireWaiting(context, tell, before);
  for (const agent of context.roster.list()) {
    const isGone = !agent.is_online && agent.last_seen < before;
    if (isGone && context.roster.here.get(agent.agent_id)) await expireQueue(context, tell, agent.agent_id);
  }
}

async function expireWaiting(context: DeliveryContext, tell: Tell, before: string): Promise<void> {
  for (;;) {
    const rows = await context.store.conversations.inState(context.server, "waiting", {
      before,
      limit: PAGE,
    });
    const own = rows.filter(({ message }) => context.isOurs(message._server_id ?? ""));
    for (const { message } of own) {
      await giveUp(context, tell, message);
      const change = { state: "error", routing_status: "error" } as const;
      await context.store.conversations.change(context.server, message.message_id, change);
    }
    if (rows.length < PAGE || own.length === 0) return;
  }
}

async function expireQueue(context: DeliveryContext, tell: Tell, agentId: string): Promise<void> {
  for (;;) {
    const deliveries = await context.bus.pull(agentQueue(agentId), { limit: PAGE });
    for (const delivery of deliveries) await delivery.settle(await giveUpDelivery(context, tell, delivery));
    if (deliveries.length === 0) return;
  }
}

/** What is no message goes to the dead letters as it is. */
async function giveUpDelivery(
  context: DeliveryContext,
  tell: Tell,
  { envelope }: PulledDelivery,
): Promise<Verdict> {
  let message: Message;
  try {
    message = parseMessage(envelope.body);
  } catch (thrown) {
    const { code, message: reason } = ParleyError.from(thrown);
    return { kind: "reject", code, reason };
  }
  await giveUp(context, tell, message);
  return { kind: "ack" };
}

async function giveUp(context: DeliveryContext, tell: Tell, message: Message): Promise<void> {
  const reason = `The agent ${message.receiver_id} did not come back within a day.`;
  const error = errorAbout(message, { code: "agent_offline", reason });
  const letter = { ...message, code: error.code, error_details: reason };
  const deadLetter: DeadLetter = {
    id: message.message_id ?? error.message_id,
    queue: agentQueue(message.receiver_id ?? ""),
    body: encodeMessage(letter),
    code: "agent_offline",
    reason,
    at: timestamp(),
  };
  await context.store.deadLetters.add(context.server, deadLetter);
  noteDeadLetter(context, deadLetter, message);
  if (message.message_type !== "ERROR") await tell(error);
}
