/** The frames kept for sessions, over SQL: those shown together share a row, which costs a tenth of a row each. */
import type { Expression, ExpressionBuilder, InsertResult, SqlBool } from "kysely";
import { ParleyError } from "../../error.ts";
import type { Principal } from "../../model/principal.ts";
import type { FrameRow } from "../store.ts";
import type { Database } from "./database.ts";
import type { Prepared } from "./prepared.ts";
import type { FrameTable, Tables } from "./schema.ts";
import { ownSession } from "./scope.ts";

/** A row takes no more frames than these, and ends with the frame that brings it to so many characters. */
const ROW_FRAMES = 64;
const ROW_CHARACTERS = 256_000;
/** How many rows one read takes. */
const READ_ROWS = 16;
/** How many rows one transaction prunes, so that nothing else waits long. */
const PRUNE_ROWS = 500;
/** How many sessions one read looks at for frames beyond those kept. */
const SESSION_BATCH = 20;

type Frames = ExpressionBuilder<Tables, "frames">;
type Owner = Pick<FrameTable, "tenant_id" | "frontend_id">;
type NewRow = Omit<FrameTable, "position">;

/** Keeps frames in the table of `0001_first` as `0002_frames_together` fills it. */
export class SqlFrames {
  readonly #insert: Prepared<NewRow, InsertResult>;
  readonly #newest: Prepared<Owner, { newest: number | null }>;

  constructor(private readonly database: Database) {
    this.#newest = database.prepare((named) =>
      database.db.selectFrom("frames").select((eb) => eb.fn.max("seq").as("newest"))
        .where("tenant_id", "=", named("tenant_id")).where("frontend_id", "=", named("frontend_id"))
    );
    this.#insert = database.prepare<NewRow, InsertResult>((named) =>
      database.db.insertInto("frames").values({
        tenant_id: named("tenant_id"),
        frontend_id: named("frontend_id"),
        principal_id: named("principal_id"),
        seq: named("seq"),
        at: named("at"),
        body: named("body"),
      })
    );
  }

  async add(principal: Principal, frontendId: string, frames: readonly FrameRow[]): Promise<void> {
    const owner = { tenant_id: principal.tenantId, frontend_id: frontendId, principal_id: principal.id };
    const rows = packFrames(frames).map((row) => ({ ...owner, ...row }));
    await this.database.writeRelaxed(async (tx) => {
      await this.database.lock(tx, `frames ${owner.tenant_id} ${frontendId}`);
      const [{ newest } = { newest: null }] = (await this.#newest(tx, owner)).rows;
      requireRising(frames, newest ?? 0);
      for (const row of rows) await this.#insert(tx, row);
    });
  }

  async after(principal: Principal, frontendId: string, seq: number, limit: number): Promise<FrameRow[]> {
    const found: FrameRow[] = [];
    const atOnce = Math.min(READ_ROWS, limit);
    for (let last = seq; found.length < limit;) {
      const rows = await this.#rowsAfter(principal, frontendId, last, atOnce);
      for (const row of rows) found.push(...unpackFrames(row.body).filter((frame) => frame.seq > seq));
      if (rows.length < atOnce) break;
      last = rows.at(-1)!.seq;
    }
    return found.slice(0, limit);
  }

  #rowsAfter(principal: Principal, frontendId: string, seq: number, count: number) {
    return this.database.read((db) => {
      const query = db.selectFrom("frames").select(["seq", "body"])
        .where("tenant_id", "=", principal.tenantId).where("frontend_id", "=", frontendId)
        .where("seq", ">", seq).orderBy("seq");
      const own = query.where((eb) =>
        eb.exists(
          eb.selectFrom("sessions").select("sessions.frontend_id").where(ownSession(principal))
            .where("sessions.frontend_id", "=", frontendId),
        )
      );
      return this.database.dialect.limit(principal.kind === "person" ? own : query, count).execute();
    });
  }

  /** Drops rows whose frames are all older than `before`, or numbered `keep` or more below their session's newest. */
  async prune(tenantId: string, before: string, keep: number): Promise<void> {
    await this.#remove(tenantId, "at", (eb) => eb("at", "<", before));
    for (let after: string | undefined = "";;) {
      const sessions = await this.#spansAfter(tenantId, after);
      for (const { frontend_id, oldest, newest } of sessions) {
        if (oldest === null || newest === null || oldest > newest - keep) continue;
        const isSurplus = (eb: Frames) =>
          eb.and([eb("frontend_id", "=", frontend_id), eb("seq", "<=", newest - keep)]);
        await this.#remove(tenantId, "seq", isSurplus);
      }
      after = sessions.at(-1)?.frontend_id;
      if (after === undefined) return;
    }
  }

  /** Lists sessions after one, each with the lowest and the highest number of its rows. */
  #spansAfter(tenantId: string, after: string) {
    return this.database.read((db) => {
      const query = db.selectFrom("sessions as s").select((eb) => {
        const rows = eb.selectFrom("frames as f").whereRef("f.tenant_id", "=", "s.tenant_id")
          .whereRef("f.frontend_id", "=", "s.frontend_id");
        return [
          "s.frontend_id",
          rows.select((f) => f.fn.min("f.seq").as("oldest")).as("oldest"),
          rows.select((f) => f.fn.max("f.seq").as("newest")).as("newest"),
        ];
      }).where("s.tenant_id", "=", tenantId).where("s.frontend_id", ">", after).orderBy("s.frontend_id");
      return this.database.dialect.limit(query, SESSION_BATCH).execute();
    });
  }

  #remove(tenantId: string, order: "at" | "seq", which: (eb: Frames) => Expression<SqlBool>): Promise<void> {
    return this.database.removeInSteps(PRUNE_ROWS, (tx) => {
      const rows = tx.selectFrom("frames").select("position").where("tenant_id", "=", tenantId).where(which)
        .orderBy(order);
      return tx.deleteFrom("frames").where("position", "in", this.database.dialect.limit(rows, PRUNE_ROWS));
    });
  }
}

/** Makes rows of rising frames: the number and time are the last frame's, the body holds one frame a line. */
function packFrames(frames: readonly FrameRow[]): FrameRow[] {
  const rows: FrameRow[] = [];
  let lines: string[] = [];
  let characters = 0;
  for (const [index, { seq, at, body }] of frames.entries()) {
    lines.push(`${seq} ${at} ${body}`);
    characters += body.length;
    const isFull = lines.length >= ROW_FRAMES || characters >= ROW_CHARACTERS;
    if (!isFull && index < frames.length - 1) continue;
    rows.push({ seq, at, body: lines.join("\n") });
    lines = [];
    characters = 0;
  }
  return rows;
}

/** Takes the frames out of a row's body. */
function unpackFrames(body: string): FrameRow[] {
  return body.split("\n").map((line) => {
    const [, seq, at, frame] = /^(\d+) (\S+) (.*)$/s.exec(line) ?? [];
    if (seq !== undefined && at !== undefined && frame !== undefined) {
      return { seq: Number(seq), at, body: frame };
    }
    throw new ParleyError("internal", "The database has a frame that cannot be read.");
  });
}

/** Throws `internal`, a fault of the caller's, when numbers do not rise, or a body has a line break. */
function requireRising(frames: readonly FrameRow[], newest: number): void {
  let last = newest;
  for (const { seq, body } of frames) {
    if (seq <= last) throw new ParleyError("internal", `Frame ${seq} comes after frame ${last}.`);
    if (body.includes("\n")) throw new ParleyError("internal", `Frame ${seq} has a line break.`);
    last = seq;
  }
}
