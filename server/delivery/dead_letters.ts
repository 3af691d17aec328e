/** Messages that were given up: moved to where people look, and told to who sent them. */
import type { Delivery } from "../../shared/bus/bus.ts";
import { isErrorCode, ParleyError } from "../../shared/error.ts";
import { parseJsonObject, toMessage } from "../../shared/model/codec.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import { newId } from "../../shared/model/id.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import { agentQueue, DEAD_LETTER_QUEUE } from "../../shared/model/queue.ts";
import type { DeliveryContext } from "./context.ts";
import { errorAbout } from "./error_message.ts";

const AGENTS_QUEUE = agentQueue("");
const decoder = new TextDecoder();

/** Types whose sender waits for what becomes of them. */
export const TOLD: ReadonlySet<string> = new Set(["TEXT", "SYSTEM"]);

/** Keeps one dead letter, and tells its sender through `dispatch`. Resolves once it is kept. */
export async function keepDeadLetter(
  context: DeliveryContext,
  { envelope }: Delivery,
  dispatch: (error: Message) => Promise<unknown>,
): Promise<void> {
  const body = typeof envelope.body === "string" ? envelope.body : decoder.decode(envelope.body);
  const fields = orNothing(() => parseJsonObject(body));
  const message = fields && orNothing(() => toMessage(fields));
  const why = fields && (message || isErrorCode(fields.code)) ? whyOf(fields) : UNREADABLE;
  const letter = { ...letterOf(envelope.id, body, fields), ...why };
  context.figures.deadLetters++;
  await context.store.deadLetters.add(context.server, letter);
  noteDeadLetter(context, letter, message);
  if (message && TOLD.has(message.message_type)) await dispatch(errorAbout(message, why));
}

/** Says that something was given up; `message`: what it was, if it was a message. */
export function noteDeadLetter(
  { errors }: Pick<DeliveryContext, "errors">,
  { id, queue, code, reason }: DeadLetter,
  message: Message | undefined,
): void {
  const agents = [message?.receiver_id, agentOfQueue(queue), message?.sender_id];
  errors?.note({
    what: "dead_letter",
    id,
    code,
    text: reason,
    agents,
    conversationId: message?.conversation_id,
  });
}

function agentOfQueue(queue: string): string | undefined {
  return queue.startsWith(AGENTS_QUEUE) ? queue.slice(AGENTS_QUEUE.length) : undefined;
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParleyError) return undefined;
    throw error;
  }
}

/** Who gave a body up said from which queue, also where the body is no message. */
function letterOf(id: string, body: string, fields: Record<string, unknown> = {}) {
  const queue = textOf(fields._origin_queue) ?? DEAD_LETTER_QUEUE;
  return { id: letterIdOf(id, fields), queue, body, at: timestamp() };
}

/**
 * Decides the id of the dead letter that a delivery becomes, which the same delivery has whenever it comes again. The
 * pieces of a reply carry the reply's id: theirs say which piece they are.
 */
export function letterIdOf(envelopeId: string, fields: Record<string, unknown> = {}): string {
  const id = envelopeId || (textOf(fields.message_id) ?? newId("msg"));
  const { message_type, attempt, sequence } = fields;
  return message_type === "REPLY_CHUNK" ? `${id}.${attempt ?? 0}.${sequence ?? 0}` : id;
}

const UNREADABLE = { code: "invalid_json", reason: "The body is no message." } as const;

function whyOf({ code, error_details, routing_status_message }: Record<string, unknown>) {
  const reason = textOf(error_details) ?? textOf(routing_status_message) ?? "The message was given up.";
  return { code: isErrorCode(code) ? code : "internal" as const, reason };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
