/** Messages as they come and change, over SQL: the writes of the message path, and the two reads that wait for none. */
import type { Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import type { Principal } from "../../model/principal.ts";
import type { MessageChange, MessageState, StoredMessage } from "../store.ts";
import { type Arrival, conversationWrites } from "./conversation_writes.ts";
import type { Database } from "./database.ts";
import { InProgress } from "./in_progress.ts";
import { type NewMessageRow, ownerOf, speakingAgent, textOf, toRow } from "./message_row.ts";
import { changed } from "./prepared.ts";
import type { Tables } from "./schema.ts";
import { hasParticipant, messagesVisibleTo } from "./scope.ts";
import { foldForSearch, titleOf } from "./text.ts";

type Outcome = "added" | "known" | "refused";
type Entry = "open" | "new" | "closed";

/** Adds and changes messages as `ConversationStore` promises. */
export class MessageWriter {
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
    const where = await this.#entryFor(tx, principal, row);
    if (where === "closed") return await this.#isKnown(tx, row) ? "known" : "refused";
    if (!changed(await this.#writes.insertMessage(tx, row))) return "known";
    const arrival = arrivalOf(principal, message, row);
    if (where === "new" || !changed(await this.#writes.extendConversation(tx, arrival))) {
      await this.#writes.insertConversation(tx, arrival);
    }
    return "added";
  }

  async #isKnown(tx: Transaction<Tables>, row: NewMessageRow): Promise<boolean> {
    return (await this.#writes.position(tx, row)).rows.length > 0;
  }

  /**
   * Anybody may begin a conversation; into a known one only the server, its owner and who takes part may write. What
   * was "new" is inserted and never extended: if another server has begun it since, that fails, and this is asked again.
   */
  async #entryFor(tx: Transaction<Tables>, principal: Principal, row: NewMessageRow): Promise<Entry> {
    if (principal.kind === "server") return "open";
    const [known] = (await this.#writes.owner(tx, row)).rows;
    if (!known) return "new";
    if (principal.kind === "person" && known.owner_id === principal.id) return "open";
    return await takesPart(tx, principal.tenantId, row.conversation_id, principal.id) ? "open" : "closed";
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
        code: change.code === null ? "" : change.code ?? null,
        error_details: change.error_details === null ? "" : change.error_details ?? null,
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
}

/** Tells what a conversation learns of its new message. */
function arrivalOf(principal: Principal, message: StoredMessage["message"], row: NewMessageRow): Arrival {
  const title = message.message_type === "TEXT" ? titleOf(textOf(message)) : "";
  return {
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
}

function messageKey({ tenantId }: Principal, messageId: string): string {
  return `message ${tenantId} ${messageId}`;
}

function conversationKey({ tenantId }: Principal, conversationId: string): string {
  return `conversation ${tenantId} ${conversationId}`;
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
