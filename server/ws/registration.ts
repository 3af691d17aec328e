/** What the frames of each kind of client must look like: the first one, and a piece of a reply. */
import { z } from "zod";

const LONGEST_NAME = 200;

const name = z.string().trim().min(1, "a name is required").max(
  LONGEST_NAME,
  `allowed are ${LONGEST_NAME} characters`,
);
const optionalId = z.string().max(100, "allowed are 100 characters").nullish();
const token = z.string().max(LONGEST_NAME, `allowed are ${LONGEST_NAME} characters`).nullish();

export const registerFrontendSchema = z.looseObject({
  frontend_name: name,
  session_token: token,
  last_seq: z.int().min(0).nullish(),
});

/** The map that agents on gRPC bring; a value may also be a plain yes. */
const capabilityMap = z.record(z.string(), z.union([z.string(), z.literal(true).transform(() => "true")]));

export const registerAgentSchema = z.looseObject({
  agent_name: name,
  agent_id: optionalId,
  session_token: token,
  capabilities: z.union([z.array(z.string()), capabilityMap], "expected a list of names, or a map of texts")
    .nullish(),
  delivery: z.enum(["websocket", "queue"]).nullish(),
  agent_role: z.string().nullish(),
  version: z.string().nullish(),
  hostname: z.string().nullish(),
  platform: z.string().nullish(),
  max_concurrent_tasks: z.int().nullish(),
  /** As in gRPC's `CommandStreamRequest`. */
  tells_commands: z.boolean().nullish(),
  command_ids: z.array(z.string().max(100)).nullish(),
});

export const registerBrokerSchema = z.looseObject({
  broker_name: name,
  broker_id: optionalId,
  session_token: token,
  version: z.string().nullish(),
  hostname: z.string().nullish(),
});

const messageId = z.string().min(1, "an id is required").max(100, "allowed are 100 characters");
const wholeNumber = z.int("expected a whole number").min(0, "expected 0 or more").nullish();

export const replyChunkSchema = z.looseObject({
  message_id: messageId,
  in_reply_to_message_id: messageId,
  sequence: wholeNumber,
  attempt: wholeNumber,
  text_payload: z.string().nullish(),
});
