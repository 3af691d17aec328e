/** Frontends' sessions and the frames kept for them, over SQL. */
import type { Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import type { Principal } from "../../model/principal.ts";
import type { FrameRow, SessionRow, SessionStore } from "../store.ts";
import type { Database } from "./database.ts";
import { SqlFrames } from "./frames.ts";
import type { Tables } from "./schema.ts";
import { ownSession } from "./scope.ts";

/** How many rows one transaction prunes, so that nothing else waits long. */
const PRUNE_BATCH = 500;

const SESSION_COLUMNS = [
  "frontend_id",
  "frontend_name",
  "token_hash",
  "created_at",
  "last_seen",
  "reserved_seq",
  "server_id",
] as const;

/** Keeps sessions in the tables of `0001_first`. */
export class SqlSessions implements SessionStore {
  readonly #frames: SqlFrames;

  constructor(private readonly database: Database) {
    this.#frames = new SqlFrames(database);
  }

  async create(principal: Principal, session: SessionRow): Promise<void> {
    const row = { ...only(session), tenant_id: principal.tenantId, principal_id: principal.id };
    const created = await this.database.write(async (tx) => {
      if (await isKnown(tx, row)) return false;
      await tx.insertInto("sessions").values(row).execute();
      return true;
    });
    if (!created) throw new ParleyError("conflict", `There is a session '${session.frontend_id}' already.`);
  }

  byToken(tokenHash: string): Promise<(SessionRow & { tenant_id: string }) | undefined> {
    return this.database.read((db) =>
      db.selectFrom("sessions").select([...SESSION_COLUMNS, "tenant_id"]).where("token_hash", "=", tokenHash)
        .executeTakeFirst()
    );
  }

  byId(principal: Principal, frontendId: string): Promise<SessionRow | undefined> {
    return this.database.read((db) =>
      db.selectFrom("sessions").select(SESSION_COLUMNS).where(ownSession(principal))
        .where("frontend_id", "=", frontendId).executeTakeFirst()
    );
  }

  async touch(
    principal: Principal,
    frontendId: string,
    { last_seen, reserved_seq, last_seq }: { last_seen?: string; reserved_seq?: number; last_seq?: number },
  ): Promise<void> {
    if (reserved_seq !== undefined) await this.#reserve(principal, frontendId, reserved_seq);
    if (last_seq !== undefined) await this.#giveBack(principal, frontendId, last_seq);
    if (last_seen === undefined) return;
    await this.database.writeRelaxed((tx) =>
      tx.updateTable("sessions").set({ last_seen }).where(ownSession(principal))
        .where("frontend_id", "=", frontendId).execute()
    );
  }

  /** Numbers that may have been used must survive a loss of power, or they would be used twice. */
  async #reserve(principal: Principal, frontendId: string, reserved_seq: number): Promise<void> {
    await this.database.write((tx) =>
      tx.updateTable("sessions").set({ reserved_seq }).where(ownSession(principal))
        .where("frontend_id", "=", frontendId).where("reserved_seq", "<", reserved_seq).execute()
    );
  }

  async #giveBack(principal: Principal, frontendId: string, last_seq: number): Promise<void> {
    await this.database.write((tx) =>
      tx.updateTable("sessions").set({ reserved_seq: last_seq }).where(ownSession(principal))
        .where("frontend_id", "=", frontendId).where("reserved_seq", ">", last_seq).execute()
    );
  }

  async give(
    principal: Principal,
    frontendId: string,
    { from, to }: { from: string | null; to: string },
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.database.write((tx) =>
      tx.updateTable("sessions").set({ server_id: to }).where(ownSession(principal))
        .where("frontend_id", "=", frontendId)
        .where("server_id", from === null ? "is" : "=", from).executeTakeFirstOrThrow()
    );
    return numUpdatedRows > 0n;
  }

  addFrames(principal: Principal, frontendId: string, frames: FrameRow[]): Promise<void> {
    return this.#frames.add(principal, frontendId, frames);
  }

  framesAfter(principal: Principal, frontendId: string, seq: number, limit: number): Promise<FrameRow[]> {
    return this.#frames.after(principal, frontendId, seq, limit);
  }

  async prune(principal: Principal, before: string, keep: number): Promise<void> {
    await this.#frames.prune(principal.tenantId, before, keep);
    await this.#pruneSessions(principal.tenantId, before);
  }

  async #pruneSessions(tenantId: string, before: string): Promise<void> {
    await this.database.removeInSteps(PRUNE_BATCH, (tx) => {
      const gone = tx.selectFrom("sessions as s").select("s.frontend_id").where("s.tenant_id", "=", tenantId)
        .where("s.last_seen", "<", before)
        .where((eb) =>
          eb.not(eb.exists(
            eb.selectFrom("frames as f").select("f.position").whereRef("f.tenant_id", "=", "s.tenant_id")
              .whereRef("f.frontend_id", "=", "s.frontend_id"),
          ))
        ).orderBy("s.frontend_id");
      return tx.deleteFrom("sessions").where("tenant_id", "=", tenantId)
        .where("frontend_id", "in", this.database.dialect.limit(gone, PRUNE_BATCH));
    });
  }
}

async function isKnown(
  tx: Transaction<Tables>,
  { tenant_id, frontend_id, token_hash }: { tenant_id: string; frontend_id: string; token_hash: string },
): Promise<boolean> {
  const row = await tx.selectFrom("sessions").select("frontend_id").where((eb) =>
    eb.or([
      eb.and([eb("tenant_id", "=", tenant_id), eb("frontend_id", "=", frontend_id)]),
      eb("token_hash", "=", token_hash),
    ])
  ).executeTakeFirst();
  return row !== undefined;
}

/** Takes a session's own fields, whatever else the object has. */
function only(session: SessionRow): SessionRow {
  const { frontend_id, frontend_name, token_hash, created_at, last_seen, reserved_seq, server_id } = session;
  return { frontend_id, frontend_name, token_hash, created_at, last_seen, reserved_seq, server_id };
}
