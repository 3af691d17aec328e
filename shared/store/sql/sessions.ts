/** Frontends' sessions and the frames kept for them, over SQL. */
import type { ExpressionBuilder, InsertResult, Kysely, Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import type { Principal } from "../../model/principal.ts";
import type { FrameRow, SessionRow, SessionStore } from "../store.ts";
import type { Database } from "./database.ts";
import { prepare, type Prepared } from "./prepared.ts";
import type { FrameTable, Tables } from "./schema.ts";

/** How many rows one transaction prunes, so that nothing else waits long. */
const PRUNE_BATCH = 500;
/** How many sessions one read looks at for frames beyond those kept. */
const SESSION_BATCH = 20;

const SESSION_COLUMNS = [
  "frontend_id",
  "frontend_name",
  "token_hash",
  "created_at",
  "last_seen",
  "reserved_seq",
] as const;

/** Under load frames come by the dozen; so many share one statement, and the rest has one each. */
const FRAMES_AT_ONCE = 8;

type FrameValues = Record<string, string | number>;
type FrameOwner = Pick<FrameTable, "tenant_id" | "frontend_id" | "principal_id">;

/** Keeps sessions in the tables of `0001_first`. */
export class SqlSessions implements SessionStore {
  readonly #inserts: ReadonlyMap<number, Prepared<FrameValues, InsertResult>>;

  constructor(private readonly database: Database) {
    this.#inserts = new Map([1, FRAMES_AT_ONCE].map((count) => [count, insertFrames(database.db, count)]));
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

  async addFrames(principal: Principal, frontendId: string, frames: FrameRow[]): Promise<void> {
    const owner = { tenant_id: principal.tenantId, frontend_id: frontendId, principal_id: principal.id };
    await this.database.writeRelaxed(async (tx) => {
      for (let from = 0; from < frames.length;) {
        const count = frames.length - from >= FRAMES_AT_ONCE ? FRAMES_AT_ONCE : 1;
        await this.#inserts.get(count)!(tx, valuesOf(owner, frames.slice(from, from += count)));
      }
    });
  }

  framesAfter(principal: Principal, frontendId: string, seq: number, limit: number): Promise<FrameRow[]> {
    return this.database.read((db) => {
      const query = db.selectFrom("frames").select(["seq", "body", "at"])
        .where("tenant_id", "=", principal.tenantId).where("frontend_id", "=", frontendId)
        .where("seq", ">", seq).orderBy("seq");
      const own = query.where((eb) =>
        eb.exists(
          eb.selectFrom("sessions").select("sessions.frontend_id").where(ownSession(principal))
            .where("sessions.frontend_id", "=", frontendId),
        )
      );
      return this.database.dialect.limit(principal.kind === "person" ? own : query, limit).execute();
    });
  }

  async prune(principal: Principal, before: string, keep: number): Promise<void> {
    await this.#pruneOldFrames(principal.tenantId, before);
    await this.#pruneSurplusFrames(principal.tenantId, keep);
    await this.#pruneSessions(principal.tenantId, before);
  }

  async #pruneOldFrames(tenantId: string, before: string): Promise<void> {
    await this.#inSteps((tx) => {
      const old = tx.selectFrom("frames").select("position").where("tenant_id", "=", tenantId)
        .where("at", "<", before).orderBy("at");
      return tx.deleteFrom("frames").where("position", "in", this.database.dialect.limit(old, PRUNE_BATCH))
        .executeTakeFirst();
    });
  }

  async #pruneSurplusFrames(tenantId: string, keep: number): Promise<void> {
    for (let after: string | undefined = "";;) {
      const ids: string[] = await this.#frontendsAfter(tenantId, after);
      for (const id of ids) await this.#pruneFramesOf(tenantId, id, keep);
      after = ids.at(-1);
      if (after === undefined) return;
    }
  }

  async #frontendsAfter(tenantId: string, after: string): Promise<string[]> {
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("sessions").select("frontend_id").where("tenant_id", "=", tenantId)
        .where("frontend_id", ">", after).orderBy("frontend_id");
      return this.database.dialect.limit(query, SESSION_BATCH).execute();
    });
    return rows.map((row) => row.frontend_id);
  }

  async #pruneFramesOf(tenantId: string, frontendId: string, keep: number): Promise<void> {
    const newestSurplus = await this.#newestSurplus(tenantId, frontendId, keep);
    if (newestSurplus === undefined) return;
    await this.#inSteps((tx) => {
      const surplus = tx.selectFrom("frames").select("position").where("tenant_id", "=", tenantId)
        .where("frontend_id", "=", frontendId).where("seq", "<=", newestSurplus).orderBy("seq");
      return tx.deleteFrom("frames").where(
        "position",
        "in",
        this.database.dialect.limit(surplus, PRUNE_BATCH),
      )
        .executeTakeFirst();
    });
  }

  /** Finds the number of the newest frame beyond those kept, or undefined when there is none. */
  async #newestSurplus(tenantId: string, frontendId: string, keep: number): Promise<number | undefined> {
    const row = await this.database.read((db) => {
      const newest = db.selectFrom("frames").select("seq").where("tenant_id", "=", tenantId)
        .where("frontend_id", "=", frontendId).orderBy("seq", "desc");
      return db.selectFrom(this.database.dialect.limit(newest, keep + 1).as("newest"))
        .select((eb) => [eb.fn.min("seq").as("oldest"), eb.fn.countAll<number>().as("frames")])
        .executeTakeFirst();
    });
    return row && Number(row.frames) > keep ? Number(row.oldest) : undefined;
  }

  async #pruneSessions(tenantId: string, before: string): Promise<void> {
    await this.#inSteps((tx) => {
      const gone = tx.selectFrom("sessions as s").select("s.frontend_id").where("s.tenant_id", "=", tenantId)
        .where("s.last_seen", "<", before)
        .where((eb) =>
          eb.not(eb.exists(
            eb.selectFrom("frames as f").select("f.position").whereRef("f.tenant_id", "=", "s.tenant_id")
              .whereRef("f.frontend_id", "=", "s.frontend_id"),
          ))
        ).orderBy("s.frontend_id");
      return tx.deleteFrom("sessions").where("tenant_id", "=", tenantId)
        .where("frontend_id", "in", this.database.dialect.limit(gone, PRUNE_BATCH)).executeTakeFirst();
    });
  }

  /** Repeats a bounded delete, each in a write of its own, until it finds no more than it could take. */
  async #inSteps(step: (tx: Transaction<Tables>) => Promise<{ numDeletedRows: bigint }>): Promise<void> {
    for (;;) {
      const { numDeletedRows } = await this.database.writeRelaxed(step);
      if (numDeletedRows < PRUNE_BATCH) return;
    }
  }
}

/** Compiles the insertion of `count` frames of one session. */
function insertFrames(db: Kysely<Tables>, count: number): Prepared<FrameValues, InsertResult> {
  return prepare<FrameValues, InsertResult>((named) =>
    db.insertInto("frames").values(Array.from({ length: count }, (_, index) => ({
      tenant_id: named("tenant_id") as string,
      frontend_id: named("frontend_id") as string,
      principal_id: named("principal_id") as string,
      seq: named(`seq${index}`) as number,
      at: named(`at${index}`) as string,
      body: named(`body${index}`) as string,
    })))
  );
}

function valuesOf(owner: FrameOwner, frames: FrameRow[]): FrameValues {
  const values: FrameValues = { ...owner };
  frames.forEach(({ seq, at, body }, index) => {
    values[`seq${index}`] = seq;
    values[`at${index}`] = at;
    values[`body${index}`] = body;
  });
  return values;
}

/** Limits sessions to the tenant and, for a person, to its own. */
function ownSession(principal: Principal) {
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
  const { frontend_id, frontend_name, token_hash, created_at, last_seen, reserved_seq } = session;
  return { frontend_id, frontend_name, token_hash, created_at, last_seen, reserved_seq };
}
