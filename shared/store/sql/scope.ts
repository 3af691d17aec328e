/** Who sees what: the conditions that every query on conversations carries. */
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";
import type { Principal } from "../../model/principal.ts";
import { READ_COLUMNS } from "./message_row.ts";
import type { Tables } from "./schema.ts";

type Conversations = ExpressionBuilder<Tables & { c: Tables["conversations"] }, "c">;

/** Limits conversations (as `c`) to the tenant and what `principal` may see: the server all, a person its own, others those they take part in. */
export function visibleTo(principal: Principal): (eb: Conversations) => Expression<SqlBool> {
  return (eb) => eb.and([eb("c.tenant_id", "=", principal.tenantId), ...visible(eb, principal)]);
}

/** Limits conversations to the tenant and what `principal` may change: the server all, a person its own, others none. */
export function ownedBy(
  principal: Principal,
): (eb: ExpressionBuilder<Tables, "conversations">) => Expression<SqlBool> {
  const everything = principal.kind === "server";
  return (eb) =>
    eb.and([
      eb("conversations.tenant_id", "=", principal.tenantId),
      ...(everything ? [] : [eb("conversations.owner_id", "=", personId(principal))]),
    ]);
}

/** Tells of conversations (as `c`) whether `participantId` sent or received one of their messages. */
export function hasParticipant(participantId: string): (eb: Conversations) => Expression<SqlBool> {
  return (eb) =>
    eb.exists(
      eb.selectFrom("messages as m").select("m.position")
        .whereRef("m.tenant_id", "=", "c.tenant_id")
        .whereRef("m.conversation_id", "=", "c.conversation_id")
        .where((m) => m.or([m("m.sender_id", "=", participantId), m("m.receiver_id", "=", participantId)])),
    );
}

/** Selects the messages (as `m`) of conversations that `principal` may see. */
export function messagesVisibleTo(db: Kysely<Tables>, principal: Principal) {
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

/** Limits sessions to the tenant and, for a person, to its own. */
export function ownSession(principal: Principal) {
  return (eb: ExpressionBuilder<Tables, "sessions">) =>
    eb.and([
      eb("sessions.tenant_id", "=", principal.tenantId),
      ...(principal.kind === "person"
        ? [
          eb.or([
            eb("sessions.principal_id", "=", principal.id),
            eb("sessions.frontend_id", "=", principal.id),
          ]),
        ]
        : []),
    ]);
}

function visible(eb: Conversations, principal: Principal): Expression<SqlBool>[] {
  if (principal.kind === "server") return [];
  if (principal.kind === "person") return [eb("c.owner_id", "=", principal.id)];
  return [hasParticipant(principal.id)(eb)];
}

/** Gives an id that no conversation is owned by when `principal` is no person. */
function personId(principal: Principal): string {
  return principal.kind === "person" ? principal.id : "";
}
