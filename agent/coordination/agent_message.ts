/** The message of the coordination library: the protocol's message, with the names that its users know. */
import { ParleyError } from "../../shared/error.ts";
import { check, parseMessage, requireShallow, toMessage } from "../../shared/model/codec.ts";
import { newId } from "../../shared/model/id.ts";
import { type Message, messageSchema, timestamp } from "../../shared/model/message.ts";
import { replyIdOf } from "../answer.ts";
import { MessagePriority, MessageType, messageTypeOf } from "./vocabulary.ts";

const MAX_RETRIES = 3;

export interface AgentMessageFields {
  /** Default: a new one. */
  messageId?: string | undefined;
  fromAgent: string;
  /** Null: everybody. */
  toAgent?: string | null | undefined;
  /** One of `MessageType`, or a word of your own; in any case. */
  messageType: string;
  content?: Record<string, unknown> | undefined;
  /** Default medium. */
  priority?: MessagePriority | undefined;
  /** When it was written, ISO 8601; default now. */
  timestamp?: string | undefined;
  /** The message that this one answers. */
  parentMessageId?: string | undefined;
  conversationId?: string | undefined;
  /** When it is of no use any more, ISO 8601. */
  expiresAt?: string | undefined;
  /** How often it was sent again; default 0. */
  retryCount?: number | undefined;
  /** How often it may be sent again; default 3. */
  maxRetries?: number | undefined;
}

/**
 * A message from one agent to another, or to everybody.
 *
 * @example
 * const message = new AgentMessage({
 *   fromAgent: "agent_001",
 *   toAgent: "agent_002",
 *   messageType: MessageType.COORDINATION,
 *   content: { instruction: "wait for the tests" },
 * });
 */
export class AgentMessage {
  readonly messageId: string;
  readonly fromAgent: string;
  readonly toAgent: string | null;
  readonly messageType: string;
  readonly content: Record<string, unknown>;
  readonly priority: MessagePriority;
  readonly timestamp: string;
  readonly parentMessageId: string | undefined;
  readonly conversationId: string | undefined;
  readonly expiresAt: string | undefined;
  readonly retryCount: number;
  readonly maxRetries: number;
  /** What else stood in a message that came, as it travels. */
  readonly further: Readonly<Record<string, unknown>>;

  constructor(fields: AgentMessageFields, further: Record<string, unknown> = {}) {
    this.messageId = fields.messageId ?? newId("msg");
    this.fromAgent = fields.fromAgent;
    this.toAgent = fields.toAgent ?? null;
    this.messageType = messageTypeOf(fields.messageType);
    this.content = fields.content ?? {};
    this.priority = fields.priority ?? MessagePriority.MEDIUM;
    this.timestamp = fields.timestamp ?? timestamp();
    this.parentMessageId = fields.parentMessageId;
    this.conversationId = fields.conversationId;
    this.expiresAt = fields.expiresAt;
    this.retryCount = fields.retryCount ?? 0;
    this.maxRetries = fields.maxRetries ?? MAX_RETRIES;
    this.further = further;
  }

  /**
   * Reads a message as it travels: as text, as bytes or parsed, with the protocol's field names or the library's.
   * Throws `invalid_json`, or `invalid_message` that names the field at fault.
   */
  static parse(json: string | Uint8Array | Record<string, unknown>): AgentMessage {
    const isParsed = typeof json === "object" && !(json instanceof Uint8Array);
    if (isParsed) requireShallow(json);
    return AgentMessage.of(isParsed ? toMessage(json) : parseMessage(json));
  }

  /** Makes one of a message that was parsed before. Throws `invalid_message`. */
  static of(message: Message): AgentMessage {
    return new AgentMessage({
      messageId: message.message_id || undefined,
      fromAgent: message.sender_id ?? "",
      toAgent: message.receiver_id,
      messageType: message.message_type,
      content: message.content ?? {},
      priority: (message.priority ?? undefined) as MessagePriority | undefined,
      timestamp: message.send_timestamp ?? undefined,
      parentMessageId: message.in_reply_to_message_id ?? undefined,
      conversationId: message.conversation_id ?? undefined,
      expiresAt: textOf(message, "expires_at"),
      retryCount: countOf(message, "retry_count"),
      maxRetries: countOf(message, "max_retries"),
    }, furtherOf(message));
  }

  /** Tells whether it is of no use any more. */
  isExpired(nowMs: number = Date.now()): boolean {
    return this.expiresAt !== undefined && Date.parse(this.expiresAt) <= nowMs;
  }

  /** Tells whether it may be sent again. */
  canRetry(nowMs: number = Date.now()): boolean {
    return this.retryCount < this.maxRetries && !this.isExpired(nowMs);
  }

  /** Makes the same message, to be sent once more. Throws `conflict` when it may not be. */
  createRetry(): AgentMessage {
    if (this.canRetry()) return new AgentMessage({ ...this, retryCount: this.retryCount + 1 }, this.further);
    throw new ParleyError("conflict", `The message ${this.messageId} has been sent as often as it may be.`);
  }

  /**
   * Makes the answer, from whom this message was for to whom it is from. The same answer given twice has the same id,
   * so that its reader takes it once. `from`: who answers, where the message was for everybody.
   */
  createResponse(
    content: Record<string, unknown>,
    { messageType = responseTypeOf(this.messageType), from = this.toAgent ?? "" }: {
      messageType?: string;
      from?: string;
    } = {},
  ): AgentMessage {
    return new AgentMessage({
      messageId: replyIdOf(`${this.messageId}\n${messageType}\n${JSON.stringify(content)}`, from),
      fromAgent: from,
      toAgent: this.fromAgent,
      messageType,
      content,
      priority: this.priority,
      parentMessageId: this.messageId,
      conversationId: this.conversationId,
    });
  }

  /** Gives the message as it travels, so that `JSON.stringify(message)` writes it: the protocol's names, and the library's beside them. */
  toJSON(): Message & { message_id: string } {
    const { fromAgent, toAgent, parentMessageId } = this;
    return {
      ...this.further,
      message_id: this.messageId,
      message_type: this.messageType,
      sender_id: fromAgent,
      receiver_id: toAgent,
      from_agent: fromAgent,
      to_agent: toAgent,
      content: this.content,
      priority: this.priority,
      send_timestamp: this.timestamp,
      timestamp: this.timestamp,
      ...given({
        in_reply_to_message_id: parentMessageId,
        parent_message_id: parentMessageId,
        conversation_id: this.conversationId,
        expires_at: this.expiresAt,
      }),
      ...(this.retryCount > 0 ? { retry_count: this.retryCount } : {}),
      ...(this.maxRetries === MAX_RETRIES ? {} : { max_retries: this.maxRetries }),
    };
  }
}

/** Checks that a message can travel: its content too, which may be anything that a program gave. Throws `invalid_message`. */
export function requireSendable(message: AgentMessage): void {
  requireShallow(message.content);
  const json = message.toJSON();
  check(messageSchema, json);
  try {
    JSON.stringify(json);
  } catch (cause) {
    throw new ParleyError("invalid_message", "Field 'content': it cannot be written as JSON.", { cause });
  }
}

/** Fields that `AgentMessage` has under names of its own. */
const OWN = new Set([
  "message_id",
  "message_type",
  "sender_id",
  "receiver_id",
  "from_agent",
  "to_agent",
  "content",
  "priority",
  "send_timestamp",
  "timestamp",
  "in_reply_to_message_id",
  "parent_message_id",
  "conversation_id",
  "expires_at",
  "retry_count",
  "max_retries",
]);

function furtherOf(message: Message): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !OWN.has(name)));
}

function responseTypeOf(messageType: string): string {
  return messageType === MessageType.TASK_REQUEST ? MessageType.TASK_RESPONSE : messageType;
}

function textOf(message: Message, name: string): string | undefined {
  const value = message[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && !Number.isNaN(Date.parse(value))) return value;
  throw new ParleyError("invalid_message", `Field '${name}': allowed is a time of ISO 8601.`);
}

function countOf(message: Message, name: string): number | undefined {
  const value = message[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new ParleyError("invalid_message", `Field '${name}': allowed is a whole number from 0 on.`);
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
