/** The shapes of the HTTP interface, as `/openapi.json` shows them. */
import { z } from "@hono/zod-openapi";
import { ERROR_CODES } from "../../shared/error.ts";
import { withoutInternal } from "../../shared/model/codec.ts";
import { ROUTING_STATUSES } from "../../shared/model/message.ts";
import type { StoredMessage } from "../../shared/store/store.ts";

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
}).openapi("Problem");

export const agentSchema = z.looseObject({
  agent_id: z.string(),
  agent_name: z.string(),
  is_online: z.boolean(),
  last_seen: z.string(),
  status: z.string(),
  status_text: z.string(),
  agent_role: z.string(),
  version: z.string(),
  hostname: z.string(),
  platform: z.string(),
  capabilities: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
  current_tasks: z.int(),
  max_concurrent_tasks: z.int(),
  load_factor: z.number(),
  metrics: z.record(z.string(), z.string()),
  is_paused: z.boolean().optional(),
  is_taken_off: z.boolean().optional(),
}).openapi("Agent");

export const brokerSchema = z.looseObject({
  broker_id: z.string(),
  broker_name: z.string(),
  is_online: z.boolean(),
  last_seen: z.string(),
  status: z.string(),
  connection_type: z.string(),
  registered_at: z.string(),
  version: z.string(),
  hostname: z.string(),
}).openapi("Broker");

export const messageShown = z.looseObject({
  message_id: z.string(),
  message_type: z.string(),
  sender_id: z.string().nullish(),
  receiver_id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  text_payload: z.string().nullish(),
  in_reply_to_message_id: z.string().nullish(),
  replaces_message_id: z.string().nullish(),
  attachments: z.array(z.looseObject({ name: z.string(), length: z.int() })).nullish(),
  send_timestamp: z.string().nullish(),
  routing_status: z.enum(ROUTING_STATUSES).nullish(),
}).openapi("Message");

/** Makes of a kept message what people are shown of it. */
export function shownMessage({ message }: StoredMessage): z.infer<typeof messageShown> {
  return { ...withoutInternal(message), message_id: message.message_id };
}

export const conversationSchema = z.object({
  conversation_id: z.string(),
  title: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  message_count: z.int(),
  last_agent_id: z.string().nullable(),
}).openapi("Conversation");

export const deadLetterSchema = z.object({
  id: z.string(),
  queue: z.string(),
  body: z.string(),
  code: z.string(),
  reason: z.string(),
  at: z.string(),
}).openapi("DeadLetter");

export const acceptedSchema = z.object({
  message_id: z.string(),
  conversation_id: z.string(),
  routing_status: z.enum(ROUTING_STATUSES),
}).openapi("Accepted");

export const newMessageSchema = z.looseObject({
  text_payload: z.string(),
  message_type: z.string().nullish(),
  message_id: z.string().nullish(),
  receiver_id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  in_reply_to_message_id: z.string().nullish(),
}).openapi("NewMessage");

/** What is looked for is a line of text: control characters are in no id, and not every store can look for one. */
export const searched = z.string().max(200).regex(/^\P{Cc}*$/u, "control characters are not allowed")
  .optional();

/** What every list takes. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

const PROBLEM = { "application/problem+json": { schema: problemSchema } };

/** Describes an answer as JSON, and that anything else is a problem. */
export function answers<T extends z.ZodType>(schema: T, description: string) {
  return {
    200: { description, content: { "application/json": { schema } } },
    default: { description: "A problem, with our code.", content: PROBLEM },
  };
}
