/** `POST /api/messages`: sending a message, and waiting for its answer where that is wanted. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { type ErrorCode, isErrorCode, ParleyError } from "../../shared/error.ts";
import { requireShallow, toMessage, withoutInternal } from "../../shared/model/codec.ts";
import type { Message } from "../../shared/model/message.ts";
import type { Prepared } from "../delivery/acceptor.ts";
import { callerOf, senderOf } from "./caller.ts";
import { problem } from "./problem.ts";
import { acceptedSchema, answers, messageShown, newMessageSchema } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const LONGEST_WAIT_S = 300;
const SENT = new Set(["TEXT", "REPLY", "SYSTEM"]);

const send = createRoute({
  method: "post",
  path: "/api/messages",
  request: {
    query: z.object({ wait: z.coerce.number().min(0).max(LONGEST_WAIT_S).default(0) }),
    body: { required: true, content: { "application/json": { schema: newMessageSchema } } },
  },
  responses: {
    ...answers(messageShown, "With `wait`: the reply."),
    202: { description: "Accepted.", content: { "application/json": { schema: acceptedSchema } } },
  },
});

export function addMessages(app: OpenAPIHono, options: HttpOptions): void {
  const { delivery } = options;
  app.openapi(send, async (c) => {
    const sender = senderOf(await callerOf(c.req.header("authorization"), delivery), delivery);
    const body = c.req.valid("json");
    requireShallow(body);
    const given = toMessage({ ...body, message_type: body.message_type ?? "TEXT" });
    if (!SENT.has(given.message_type)) {
      throw new ParleyError(
        "unsupported_type",
        `A '${given.message_type}' cannot be sent here. Send a TEXT.`,
      );
    }
    const prepared = await delivery.acceptor.prepare(sender, given);
    const { wait } = c.req.valid("query");
    if (wait === 0) return c.json(await delivery.acceptor.send(prepared), 202);
    const answer = await answerTo(prepared, wait, options);
    return c.json({ ...withoutInternal(answer), message_id: answer.message_id ?? "" }, 200);
  });
}

/** Sends a message and gives the reply to it. Throws the problem that says what became of it instead. */
async function answerTo(prepared: Prepared, waitS: number, options: HttpOptions): Promise<Message> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), waitS * 1000);
  try {
    const signal = AbortSignal.any([late.signal, options.closing]);
    const answer = outcome(options.delivery.context.outcomes.wait(prepared.message.message_id, signal));
    await options.delivery.acceptor.send(prepared);
    const known = prepared.isKnown ? await knownAnswer(prepared, options) : undefined;
    return replyOr(known ?? await answer, prepared.message.message_id);
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}

function replyOr(answer: Message | ParleyError, message_id: string): Message {
  if (answer instanceof ParleyError) throw failed(problem(answer, { fields: { message_id } }));
  if (answer.message_type !== "ERROR") return answer;
  const code: ErrorCode = isErrorCode(answer.code) ? answer.code : "internal";
  const message = answer.error_details ?? answer.routing_status_message ?? "The message failed.";
  const { text_payload } = answer;
  throw failed(problem({ code, message }, { status: 502, fields: { message_id, text_payload } }));
}

function failed(res: Response): HTTPException {
  return new HTTPException(502, { res });
}

/** A message that was sent before may have been answered before. */
async function knownAnswer(
  { message }: Prepared,
  { store, delivery }: HttpOptions,
): Promise<Message | undefined> {
  const { conversation_id, message_id } = message;
  const page = await store.conversations.messages(delivery.context.server, conversation_id, { limit: 100 });
  return page.items.map((item) => item.message).find((each) =>
    each.in_reply_to_message_id === message_id &&
    (each.message_type === "REPLY" || each.message_type === "ERROR")
  );
}

function outcome(answer: Promise<Message>): Promise<Message | ParleyError> {
  return answer.catch((error) => ParleyError.from(error));
}
