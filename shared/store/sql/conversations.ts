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
import { conversationWrites } from "./conversation_writes.ts";
import type { Database } from "./database.ts";
import {
  fromRow,
  type NewMessageRow,
  ownerOf,
  READ_COLUMNS,
  speakingAgent,
  textOf,
  toRow,
} from "./message_row.ts";
import { InProgress } from "./in_progress.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import { changed } from "./prepared.ts";
import { ON_THE_WAY, type Tables } from "./schema.ts";
import { hasParticipant, ownedBy, visibleTo } from "./scope.ts";
import { foldForSearch, searchPattern, titleOf } from "./text.ts";

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

type Outcome = "added" | "known" | "refused";

/** Keeps conversations in the tables of `0001_first`. */
export class SqlConversations implements ConversationStore {
  readonly #writes: ReturnType<typeof conversationWrites>;
  readonly #adding = new InProgress();

  constructor(private readonly database: Database) {
    this.#writes = conversationWrites(database);
  }

  async add(principal: Principal, message: StoredMessage["message"], state: MessageState): Promise<boolean> {
    const row = toRow(principal, message, state);
    const keys = [messageKey(principal, row.message_id), conversationKey(principal, row.conversation_id)];
    const write = () => this.database.write((tx) => this.#add(tx, principal, message, row));
    const outcome = await this.#adding.during(keys, write);
    if (outcome !== "refused") return outcome === "added";
    throw new ParleyError("not_found", `There is no conversation '${message.conversation_id}'.`);
  }

  async #add(
    tx: Transaction<Tables>,
    principal: Principal,
    message: StoredMessage["message"],
    row: NewMessageRow,
  ): Promise<Outcome> {
    if (!await this.#mayAdd(tx, principal, row)) return await this.#isKnown(tx, row) ? "known" : "refused";
    if (!changed(await this.#writes.insertMessage(tx, row))) return "known";
    await this.#tellConversation(tx, principal, message, row);
    return "added";
  }

  async #isKnown(tx: Transaction<Tables>, row: NewMessageRow): Promise<boolean> {
    return (await this.#writes.position(tx, row)).rows.length > 0;
  }

  /** Anybody may begin a conversation; into a known one only the server, its owner and who takes part may write. */
  async #mayAdd(tx: Transaction<Tables>, principal: Principal, row: NewMessageRow): Promise<boolean> {
    if (principal.kind === "server") return true;
    const [known] = (await this.#writes.owner(tx, row)).rows;
    if (!known || (principal.kind === "person" && known.owner_id === principal.id)) return true;
    return await takesPart(tx, principal.tenantId, row.conversation_id, principal.id);
  }

  async #tellConversation(
    tx: Transaction<Tables>,
    principal: Principal,
    message: StoredMessage["message"],
    row: NewMessageRow,
  ): Promise<void> {
    const title = message.message_type === "TEXT" ? titleOf(textOf(message)) : "";
    const arrival = {
      tenant_id: row.tenant_id,
      message_id: row.message_id,
      conversation_id: row.conversation_id,
      title,
      title_search: foldForSearch(title),
      owner_id: ownerOf(principal, message),
      updated_at: row.accepted_at,
      seq: row.seq,
      last_agent_id: speakingAgent(message),
    };
    if (changed(await this.#writes.extendConversation(tx, arrival))) return;
    await this.#writes.insertConversation(tx, arrival);
  }

  async change(principal: Principal, messageId: string, change: MessageChange): Promise<void> {
    const key = { tenant_id: principal.tenantId, message_id: messageId };
    const work = async (tx: Transaction<Tables>) => {
      if (!await this.#mayChange(tx, principal, messageId)) return;
      await this.#writes.change(tx, {
        ...key,
        state: change.state ?? null,
        receiver_id: change.receiver_id ?? null,
        routing_status: change.routing_status ?? null,
        code: change.code ?? null,
        error_details: change.error_details ?? null,
        only_from: change.onlyFrom ?? null,
      });
    };
    await (change.state === "waiting" ? this.database.write(work) : this.database.writeRelaxed(work));
  }

  async #mayChange(tx: Transaction<Tables>, principal: Principal, messageId: string): Promise<boolean> {
    if (principal.kind === "server") return true;
    return await messagesVisibleTo(tx, principal).where("m.message_id", "=", messageId).executeTakeFirst() !==
      undefined;
  }

  async get(principal: Principal, messageId: string): Promise<StoredMessage | undefined> {
    const row = await this.database.read((db) =>
      messagesVisibleTo(db, principal).where("m.message_id", "=", messageId).executeTakeFirst()
    );
    return row && fromRow(row);
  }

  async has(principal: Principal, messageId: string): Promise<boolean> {
    if (this.#adding.has(messageKey(principal, messageId))) return true;
    const key = { tenant_id: principal.tenantId, message_id: messageId };
    const { rows } = await this.database.readNow((db) => this.#writes.position(db, key));
    return rows.length > 0;
  }

  async hasConversation(principal: Principal, conversationId: string): Promise<boolean> {
    if (this.#adding.has(conversationKey(principal, conversationId))) return true;
    const key = { tenant_id: principal.tenantId, conversation_id: conversationId };
    const { rows } = await this.database.readNow((db) => this.#writes.owner(db, key));
    return rows.length > 0;
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
      tx.updateTable("conversations as c").set({ title: clean, title_search: foldForSearch(clean) })
        .where(ownedBy(principal)).where("c.conversation_id", "=", conversationId).executeTakeFirst()
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
    const owned = tx.selectFrom("conversations as c").select("c.conversation_id").where(ownedBy(principal))
      .where("c.conversation_id", "=", conversationId);
    if (!await owned.executeTakeFirst()) return "unknown";
    const oldest = tx.selectFrom("messages").select("position").where("tenant_id", "=", principal.tenantId)
      .where("conversation_id", "=", conversationId).orderBy("position");
    const { numDeletedRows } = await tx.deleteFrom("messages")
      .where("position", "in", this.database.dialect.limit(oldest, REMOVE_BATCH)).executeTakeFirst();
    if (numDeletedRows >= REMOVE_BATCH) return "more";
    await tx.deleteFrom("conversations").where("tenant_id", "=", principal.tenantId)
      .where("conversation_id", "=", conversationId).execute();
    return "removed";
  }
}

function messageKey({ tenantId }: Principal, messageId: string): string {
  return `message ${tenantId} ${messageId}`;
}

function conversationKey({ tenantId }: Principal, conversationId: string): string {
  return `conversation ${tenantId} ${conversationId}`;
}

function oneConversation(db: Kysely<Tables>, principal: Principal, conversationId: string) {
  return db.selectFrom("conversations as c").where(visibleTo(principal))
    .where("c.conversation_id", "=", conversationId);
}

function messagesVisibleTo(db: Kysely<Tables>, principal: Principal) {
  const query = db.selectFrom("messages as m").select(READ_COLUMNS.map((name) => `m.${name}` as const))
    .where("m.tenant_id", "=", principal.tenantId);
  if (principal.kind === "server") return query;
  return query.where((eb) =>
    eb.exists(
      eb.selectFrom("conversations as c").select("c.conversation_id").where(visibleTo(principal))
        .whereRef("c.conversation_id", "=", "m.conversation_id"),
    )
  );
}

async function takesPart(
  tx: Transaction<Tables>,
  tenantId: string,
  conversationId: string,
  participantId: string,
): Promise<boolean> {
  const row = await tx.selectFrom("conversations as c").select("c.conversation_id")
    .where("c.tenant_id", "=", tenantId).where("c.conversation_id", "=", conversationId)
    .where(hasParticipant(participantId)).executeTakeFirst();
  return row !== undefined;
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
