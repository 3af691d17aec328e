/** The SQLite bus's file: who owns it, its one table, and writing many changes in one commit. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ParleyError } from "../error.ts";
import type { Envelope } from "./bus.ts";
import { WalSync } from "../wal_sync.ts";
import type { Entry } from "./local_queue.ts";

const SCHEMA = `
  create table if not exists message (
    seq integer primary key,
    queue text not null,
    id text not null,
    body any not null,
    headers text not null,
    priority integer,
    key text,
    visible_at integer not null,
    expires_at integer,
    attempts integer not null,
    claimed integer not null
  ) strict;
  pragma user_version = 1;`;

/** What one commit writes. */
export interface Batch {
  /** New messages. */
  inserted: { entry: Entry; envelope: Envelope }[];
  /** Handed out: if the process dies now, the attempt counts. */
  claimed: Entry[];
  /** Given back: waiting again, with the attempts made so far. */
  returned: Entry[];
  /** Finished. */
  removed: Entry[];
}

type Row = Record<string, string | number | bigint | Uint8Array | null>;

/** Opens the file at `path` and holds it alone. Throws `conflict` when another process has it, `unavailable` when it cannot be opened. */
export function openJournal(path: string): Journal {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    takeOwnership(db);
    return new Journal(db, new WalSync(path));
  } catch (cause) {
    db?.close();
    if (String(cause).includes("database is locked")) {
      const advice = "Stop that one first, or set DATA_DIR (or BUS_URL, if that is set) to another place.";
      const message = `The queues in ${path} belong to another running process. ${advice}`;
      throw new ParleyError("conflict", message, { cause });
    }
    const advice = "Set DATA_DIR (or BUS_URL, if that is set) to another place, or mend this one.";
    const message = `The queue file ${path} cannot be opened: ${textOf(cause)}. ${advice}`;
    throw new ParleyError("unavailable", message, { cause });
  }
}

/** The exclusive lock is the system's own: it ends with the process, however that ends. */
function takeOwnership(db: DatabaseSync): void {
  db.exec("pragma busy_timeout = 0; pragma locking_mode = exclusive; pragma journal_mode = wal");
  // A commit waits for no disk; `sync` does.
  db.exec("pragma synchronous = normal");
  db.exec(`begin exclusive; ${SCHEMA} commit`);
}

/** Writes batches and reads what an earlier process left. */
export class Journal {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insert: StatementSync;
  readonly #claim: StatementSync;
  readonly #return: StatementSync;
  readonly #remove: StatementSync;
  readonly #read: StatementSync;

  constructor(readonly db: DatabaseSync, private readonly wal: WalSync) {
    this.#begin = db.prepare("begin immediate");
    this.#commit = db.prepare("commit");
    this.#insert = db.prepare("insert into message values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#claim = db.prepare("update message set claimed = 1 where seq = ?");
    this.#return = db.prepare("update message set claimed = 0, attempts = ? where seq = ?");
    this.#remove = db.prepare("delete from message where seq = ?");
    this.#read = db.prepare("select id, body, headers, priority, key from message where seq = ?");
  }

  /** Writes a batch in one commit, which survives the end of the process. Throws, having written nothing, when the disk refuses. */
  write(batch: Batch): void {
    this.#begin.run();
    try {
      for (const { entry, envelope } of batch.inserted) this.#put(entry, envelope);
      for (const entry of batch.returned) this.#return.run(entry.attempts, entry.seq);
      for (const entry of batch.claimed) this.#claim.run(entry.seq);
      for (const entry of batch.removed) this.#remove.run(entry.seq);
      this.#commit.run();
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("rollback");
      throw error;
    }
  }

  /** Resolves once everything written so far survives a loss of power. Rejects when the disk fails. */
  sync(): Promise<void> {
    return this.wal.sync();
  }

  /** Counts the attempts that a dead process had begun, and lists every message in order, without bodies. */
  recover(): Entry[] {
    this.db.exec("update message set claimed = 0, attempts = attempts + 1 where claimed = 1");
    const rows = this.db.prepare(
      "select seq, queue, priority, key, visible_at, expires_at, attempts from message order by seq",
    ).all();
    return rows.map((row) => toEntry(row as Row));
  }

  /** Reads one message's envelope. */
  read(seq: number): Envelope {
    const row = this.#read.get(seq) as Row;
    return {
      id: row.id as string,
      body: row.body as string | Uint8Array,
      headers: JSON.parse(row.headers as string),
      ...(row.priority === null ? {} : { priority: row.priority as Envelope["priority"] }),
      ...(row.key === null ? {} : { key: row.key as string }),
    };
  }

  async close(): Promise<void> {
    await this.wal.close();
    this.db.close();
  }

  #put(entry: Entry, envelope: Envelope): void {
    this.#insert.run(
      entry.seq,
      entry.queue,
      envelope.id,
      envelope.body,
      JSON.stringify(envelope.headers),
      envelope.priority ?? null,
      entry.key ?? null,
      entry.visibleAt,
      entry.expiresAt === Infinity ? null : entry.expiresAt,
      entry.attempts,
      entry.claimed ? 1 : 0,
    );
  }
}

function toEntry(row: Row): Entry {
  return {
    seq: Number(row.seq),
    queue: row.queue as string,
    priority: Number(row.priority ?? 3),
    key: row.key === null ? undefined : row.key as string,
    visibleAt: Number(row.visible_at),
    expiresAt: row.expires_at === null ? Infinity : Number(row.expires_at),
    attempts: Number(row.attempts),
    envelope: undefined,
    claimed: false,
    taker: undefined,
    state: "delayed",
  };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
