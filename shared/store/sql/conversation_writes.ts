/** The writes of the message path, compiled once: they run for every message that people and agents send. */
import { type Expression, type ExpressionBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import type { NewMessageRow } from "./message_row.ts";
import type { Named } from "./prepared.ts";
import type { Tables } from "./schema.ts";

interface MessageKey {
  tenant_id: string;
  message_id: string;
}

interface ConversationKey {
  tenant_id: string;
  conversation_id: string;
}

/** What a conversation learns of a new message. */
export interface Arrival extends MessageKey, ConversationKey {
  title: string;
  title_search: string;
  owner_id: string | null;
  updated_at: string;
  seq: number;
  last_agent_id: string | null;
}

interface Changed extends MessageKey {
  state: NewMessageRow["state"] | null;
  receiver_id: string | null;
  routing_status: string | null;
  code: string | null;
  error_details: string | null;
  only_from: NewMessageRow["state"] | null;
}

/** Makes nothing of an empty text. */
function nullif(text: Expression<string | null>) {
  return sql<string | null>`nullif(${text}, '')`;
}

/** Looks up the position of the message that has arrived. */
function positionOf(eb: ExpressionBuilder<Tables, keyof Tables>, named: Named<Arrival>) {
  return eb.selectFrom("messages").select((m) => m.fn.max("messages.position").as("position"))
    .where("messages.tenant_id", "=", named("tenant_id")).where(
      "messages.message_id",
      "=",
      named("message_id"),
    );
}

/** Compiles the writes for `database`. */
export function conversationWrites(database: Database) {
  const { db } = database;
  return {
    position: database.prepare<MessageKey, { position: number }>((named) =>
      db.selectFrom("messages").select("position")
        .where("tenant_id", "=", named("tenant_id")).where("message_id", "=", named("message_id"))
    ),
    owner: database.prepare<ConversationKey, { owner_id: string | null }>((named) =>
      db.selectFrom("conversations").select("owner_id")
        .where("tenant_id", "=", named("tenant_id")).where("conversation_id", "=", named("conversation_id"))
    ),
    /** Changes nothing when the id is known. */
    insertMessage: database.prepare<NewMessageRow>((named) =>
      database.dialect.insertNew(db, {
        table: "messages",
        keys: [["tenant_id", "message_id"]],
        values: {
          tenant_id: named("tenant_id"),
          message_id: named("message_id"),
          conversation_id: named("conversation_id"),
          principal_id: named("principal_id"),
          sender_id: named("sender_id"),
          receiver_id: named("receiver_id"),
          message_type: named("message_type"),
          state: named("state"),
          seq: named("seq"),
          accepted_at: named("accepted_at"),
          text_search: named("text_search"),
          body: named("body"),
        },
      })
    ),
    /** Tells a known conversation of its new message; a title, an owner and the last agent are kept unless given anew. */
    extendConversation: database.prepare<Arrival>((named) =>
      db.updateTable("conversations").set((eb) => ({
        title: eb.case().when("title", "=", "").then(named("title")).else(eb.ref("title")).end(),
        title_search: eb.case().when("title", "=", "").then(named("title_search")).else(
          eb.ref("title_search"),
        ).end(),
        owner_id: eb.fn.coalesce("owner_id", eb.val(named("owner_id"))),
        updated_at: named("updated_at"),
        message_count: eb("message_count", "+", 1),
        // Of two servers the later one to get here may have the earlier message.
        last_position: eb.case().when("last_position", "<", positionOf(eb, named)).then(positionOf(eb, named))
          .else(eb.ref("last_position")).end(),
        highest_seq: eb.case().when("highest_seq", "<", named("seq")).then(named("seq")).else(
          eb.ref("highest_seq"),
        )
          .end(),
        last_agent_id: eb.fn.coalesce(eb.val(named("last_agent_id")), "last_agent_id"),
      }))
        .where("tenant_id", "=", named("tenant_id")).where("conversation_id", "=", named("conversation_id"))
    ),
    insertConversation: database.prepare<Arrival>((named) =>
      db.insertInto("conversations").values((eb) => ({
        tenant_id: named("tenant_id"),
        conversation_id: named("conversation_id"),
        owner_id: named("owner_id"),
        title: named("title"),
        title_search: named("title_search"),
        created_at: named("updated_at"),
        updated_at: named("updated_at"),
        message_count: 1,
        last_position: positionOf(eb, named),
        highest_seq: named("seq"),
        last_agent_id: named("last_agent_id"),
      }))
    ),
    /** Null leaves a column as it is, "" forgets a reason; `only_from` null lets the message be in any state. */
    change: database.prepare<Changed>((named) =>
      db.updateTable("messages").set((eb) => ({
        state: eb.fn.coalesce(eb.val(named("state")), "state"),
        receiver_id: eb.fn.coalesce(eb.val(named("receiver_id")), "receiver_id"),
        routing_status: eb.fn.coalesce(eb.val(named("routing_status")), "routing_status"),
        code: nullif(eb.fn.coalesce(eb.val(named("code")), "code")),
        error_details: nullif(eb.fn.coalesce(eb.val(named("error_details")), "error_details")),
      }))
        .where("tenant_id", "=", named("tenant_id")).where("message_id", "=", named("message_id"))
        .where((eb) => eb("state", "=", eb.fn.coalesce(eb.val(named("only_from")), "state")))
    ),
  };
}
