/** Messages that were given up: moved to where people look, and told to who sent them. */
import type { Delivery } from "../../shared/bus/bus.ts";
import { isErrorCode, ParleyError } from "../../shared/error.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { newId } from "../../shared/model/id.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import { DEAD_LETTER_QUEUE } from "../../shared/model/queue.ts";
import type { DeadLetter } from "../../shared/store/store.ts";
import type { DeliveryContext } from "./context.ts";
import { errorAbout } from "./error_message.ts";

const decoder = new TextDecoder();

/** Types whose sender waits for what becomes of them. */
const TOLD = new Set(["TEXT", "SYSTEM"]);

/** Keeps one dead letter, and tells its sender through `dispatch`. Resolves once it is kept. */
export async function keepDeadLetter(
  context: DeliveryContext,
  { envelope }: Delivery,
  dispatch: (error: Message) => Promise<unknown>,
): Promise<void> {
  const body = typeof envelope.body === "string" ? envelope.body : decoder.decode(envelope.body);
  const message = readable(body);
  context.figures.deadLetters++;
  await context.store.deadLetters.add(context.server, letterOf(envelope.id, body, message));
  if (message && TOLD.has(message.message_type)) await dispatch(errorAbout(message, whyOf(message)));
}

function readable(body: string): Message | undefined {
  try {
    return parseMessage(body);
  } catch (error) {
    if (error instanceof ParleyError) return undefined;
    throw error;
  }
}

function letterOf(id: string, body: string, message: Message | undefined): DeadLetter {
  const { code, reason } = message ? whyOf(message) : UNREADABLE;
  const queue = message?._origin_queue ?? DEAD_LETTER_QUEUE;
  return { id: id || message?.message_id || newId("msg"), queue, body, code, reason, at: timestamp() };
}

const UNREADABLE = { code: "invalid_json", reason: "The body is no message." } as const;

function whyOf(message: Message) {
  const reason = message.error_details ?? message.routing_status_message ?? "The message was given up.";
  return { code: isErrorCode(message.code) ? message.code : "internal" as const, reason };
}
