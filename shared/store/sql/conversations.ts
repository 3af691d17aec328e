/** Conversations and their messages over SQL. */
import { type Kysely, sql, type Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import type { Principal } from "../../model/principal.ts";
import type {
  Conversation,
  ConversationStore,
  MessageChange,
  MessageState,
  Page,
  PageOptions,
  StoredMessage,
} from "../store.ts";
import type { Database } from "./database.ts";
import { fromRow } from "./message_row.ts";
import { MessageWriter } from "./message_writer.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import { ON_THE_WAY, type Tables } from "./schema.ts";
import { hasParticipant, messagesVisibleTo, ownedBy, visibleTo } from "./scope.ts";
import { foldForSearch, searchPattern } from "./text.ts";

/** How many messages one transaction removes, so that nothing else waits long. */
const REMOVE_BATCH = 500;
const TITLE_LIMIT = 200;

const CONVERSATION_COLUMNS = [
  "c.conversation_id",
  "c.title",
  "c.created_at",
  "c.updated_at",
  "c.message_count",
  "c.last_agent_id",
] as const;

/** Keeps conversations in the tables of `0001_first`. */
export class SqlConversations implements ConversationStore {
  readonly #writer: MessageWriter;

  constructor(private readonly database: Database) {
    this.#writer = new MessageWriter(database);
  }

  add(principal: Principal, message: StoredMessage["message"], state: MessageState): Promise<boolean> {
    return this.#writer.add(principal, message, state);
  }

  change(principal: Principal, messageId: string, change: MessageChange): Promise<void> {
    return this.#writer.change(principal, messageId, change);
  }

  has(principal: Principal, messageId: string): Promise<boolean> {
    return this.#writer.has(principal, messageId);
  }

  hasConversation(principal: Principal, conversationId: string): Promise<boolean> {
    return this.#writer.hasConversation(principal, conversationId);
  }

  async get(principal: Principal, messageId: string): Promise<StoredMessage | undefined> {
    const row = await this.database.read((db) =>
      messagesVisibleTo(db, principal).where("m.message_id", "=", messageId).executeTakeFirst()
    );
    return row && fromRow(row);
  }

  async messages(
    principal: Principal,
    conversationId: string,
    page: PageOptions,
  ): Promise<Page<StoredMessage>> {
    const limit = limitOf(page, 500);
    const below = Math.min(positionBelow("messages", page.cursor), page.before ?? Infinity);
    const rows = await this.database.read((db) => {
      const query = messagesVisibleTo(db, principal).where("m.conversation_id", "=", conversationId)
        .where("m.position", "<", below).orderBy("m.position", "desc");
      return this.database.dialect.limit(query, limit + 1).execute();
    });
    return toPage(rows, limit, { kind: "messages", item: fromRow, position: (row) => row.position });
  }

  async messagesOf(
    principal: Principal,
    participantId: string,
    page: PageOptions,
  ): Promise<Page<StoredMessage>> {
    const limit = limitOf(page, 500);
    const below = Math.min(positionBelow("messages_of", page.cursor), page.before ?? Infinity);
    const rows = await this.database.read((db) => {
      // One query for both would sort all that there is: each of two reads its index from the newest on.
      const newest = (role: "m.sender_id" | "m.receiver_id") => {
        const query = messagesWith(db, principal, { role, participantId })
          .where("m.position", "<", below).orderBy("m.position", "desc");
        return this.database.dialect.limit(query, limit + 1).execute();
      };
      return Promise.all([newest("m.sender_id"), newest("m.receiver_id")]);
    });
    return toPage(newestFirst(rows.flat()), limit, {
      kind: "messages_of",
      item: fromRow,
      position: (row) => row.position,
    });
  }

  async inState(
    principal: Principal,
    state: MessageState,
    { receiverId, before, limit }: { receiverId?: string; before?: string; limit: number },
  ): Promise<StoredMessage[]> {
    const most = limitOf({ limit }, 10_000);
    const rows = await this.database.read((db) => {
      let query = messagesVisibleTo(db, principal).where("m.state", "=", state).orderBy("m.position");
      if (isOnTheWay(state)) query = query.where(sql<boolean>`m.${sql.raw(ON_THE_WAY)}`);
      if (receiverId !== undefined) query = query.where("m.receiver_id", "=", receiverId);
      if (before !== undefined) query = query.where("m.accepted_at", "<", before);
      return this.database.dialect.limit(query, most).execute();
    });
    return rows.map(fromRow);
  }

  async countInState(principal: Principal, state: MessageState): Promise<number> {
    const row = await this.database.read((db) => {
      const query = messagesVisibleTo(db, principal).where("m.state", "=", state).clearSelect()
        .select(({ fn }) => fn.countAll<number | string>().as("count"));
      return (isOnTheWay(state) ? query.where(sql<boolean>`m.${sql.raw(ON_THE_WAY)}`) : query)
        .executeTakeFirst();
    });
    return Number(row?.count ?? 0);
  }

  async receiversInState(principal: Principal, state: MessageState): Promise<string[]> {
    const rows = await this.database.read((db) => {
      const query = messagesVisibleTo(db, principal).where("m.state", "=", state).clearSelect()
        .select("m.receiver_id").distinct();
      return (isOnTheWay(state) ? query.where(sql<boolean>`m.${sql.raw(ON_THE_WAY)}`) : query).execute();
    });
    return rows.flatMap(({ receiver_id }) => receiver_id ? [receiver_id] : []);
  }

  async highestSeq(principal: Principal, conversationId: string): Promise<number> {
    const row = await this.database.read((db) =>
      oneConversation(db, principal, conversationId).select("c.highest_seq").executeTakeFirst()
    );
    return row?.highest_seq ?? 0;
  }

  async list(principal: Principal, page: PageOptions & { query?: string }): Promise<Page<Conversation>> {
    const limit = limitOf(page, 100);
    const below = positionBelow("conversations", page.cursor);
    const rows = await this.database.read((db) => {
      let query = db.selectFrom("conversations as c").select([...CONVERSATION_COLUMNS, "c.last_position"])
        .where(visibleTo(principal)).where("c.last_position", "<", below).orderBy("c.last_position", "desc");
      if (page.query?.trim()) query = query.where(contains(searchPattern(page.query)));
      return this.database.dialect.limit(query, limit + 1).execute();
    });
    const item = ({ last_position: _, ...conversation }: typeof rows[number]): Conversation => conversation;
    return toPage(rows, limit, { kind: "conversations", item, position: (row) => row.last_position });
  }

  find(principal: Principal, conversationId: string): Promise<Conversation | undefined> {
    return this.database.read((db) =>
      oneConversation(db, principal, conversationId).select(CONVERSATION_COLUMNS).executeTakeFirst()
    );
  }

  async takesPart(principal: Principal, conversationId: string, participantId: string): Promise<boolean> {
    const row = await this.database.read((db) =>
      oneConversation(db, principal, conversationId).where(hasParticipant(participantId)).select(
        "c.conversation_id",
      )
        .executeTakeFirst()
    );
    return row !== undefined;
  }

  async rename(principal: Principal, conversationId: string, title: string): Promise<boolean> {
    const clean = checkedTitle(title);
    const result = await this.database.write((tx) =>
      tx.updateTable("conversations").set({ title: clean, title_search: foldForSearch(clean) })
        .where(ownedBy(principal)).where("conversation_id", "=", conversationId).executeTakeFirst()
    );
    return result.numUpdatedRows > 0n;
  }

  /** Removes the oldest messages in bounded steps, then the rest together with the conversation. */
  async remove(principal: Principal, conversationId: string): Promise<boolean> {
    for (;;) {
      const step = await this.database.write((tx) => this.#removeSome(tx, principal, conversationId));
      if (step !== "more") return step === "removed";
    }
  }

  async #removeSome(
    tx: Transaction<Tables>,
    principal: Principal,
    conversationId: string,
  ): Promise<"more" | "removed" | "unknown"> {
    const owned = tx.selectFrom("conversations").select("conversation_id").where(ownedBy(principal))
      .where("conversation_id", "=", conversationId);
    if (!await owned.executeTakeFirst()) return "unknown";
    const oldest = tx.selectFrom("messages").select("position").where("tenant_id", "=", principal.tenantId)
      .where("conversation_id", "=", conversationId).orderBy("position");
    const { numDeletedRows } = await tx.deleteFrom("messages")
      .where("position", "in", this.database.dialect.limit(oldest, REMOVE_BATCH)).executeTakeFirst();
    if (numDeletedRows >= REMOVE_BATCH) return "more";
    return await removeRest(tx, principal, conversationId) ? "removed" : "unknown";
  }
}

/**
 * Removes the conversation before its last messages: another server that adds one now waits for this, and begins it
 * anew; one that has added it before is waited for, and its message goes, too.
 */
async function removeRest(
  tx: Transaction<Tables>,
  principal: Principal,
  conversationId: string,
): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("conversations").where(ownedBy(principal))
    .where("conversation_id", "=", conversationId).executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await tx.deleteFrom("messages").where("tenant_id", "=", principal.tenantId)
    .where("conversation_id", "=", conversationId).execute();
  return true;
}

function oneConversation(db: Kysely<Tables>, principal: Principal, conversationId: string) {
  return db.selectFrom("conversations as c").where(visibleTo(principal))
    .where("c.conversation_id", "=", conversationId);
}

/**
 * Messages that a participant has to do with. A person's are looked for in the person's own conversations, without the
 * index of participants: what others have said with an agent may be a million times as much.
 */
function messagesWith(
  db: Kysely<Tables>,
  principal: Principal,
  { role, participantId }: { role: "m.sender_id" | "m.receiver_id"; participantId: string },
) {
  const query = messagesVisibleTo(db, principal);
  if (principal.kind !== "person") return query.where(role, "=", participantId);
  const own = db.selectFrom("conversations as own").select("own.conversation_id")
    .where("own.tenant_id", "=", principal.tenantId).where("own.owner_id", "=", principal.id);
  return query.where("m.conversation_id", "in", own)
    .where(sql<boolean>`coalesce(${sql.ref(role)}, '') = ${participantId}`);
}

/** Puts rows in order, each once: what somebody sent to itself was found twice. */
function newestFirst<Row extends { position: number }>(rows: readonly Row[]): Row[] {
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return [...byPosition.values()].sort((one, other) => other.position - one.position);
}

function isOnTheWay(state: MessageState): boolean {
  return ON_THE_WAY.includes(`'${state}'`);
}

/** Finds `pattern` in a conversation's title or in any of its messages. */
function contains(pattern: string) {
  return sql<boolean>`(c.title_search like ${pattern} escape '\\' or exists (
    select 1 from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.conversation_id
    and m.text_search like ${pattern} escape '\\'))`;
}

function checkedTitle(title: string): string {
  const clean = title.replaceAll("\0", "").toWellFormed().replace(/\s+/gu, " ").trim();
  if (clean.length > 0 && clean.length <= TITLE_LIMIT) return clean;
  throw new ParleyError("invalid_message", `Field 'title': allowed are 1 to ${TITLE_LIMIT} characters.`);
}
