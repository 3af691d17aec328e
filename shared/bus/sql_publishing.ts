/** Group commit: what is published while one commit is under way is stored by the next, together. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { pause } from "../pause.ts";
import type { Outbox } from "./outbox.ts";
import type { NewRow, SqlDialect, SqlWire } from "./sql_wire.ts";

const log = logOf("bus", "sql");
/** Bytes of bodies that one statement stores. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds before a commit that came to grief by chance, such as a deadlock, is tried again. */
const PAUSE_MS = 20;

/** A publish on its way. */
export interface Outgoing {
  number: number;
  row: NewRow;
}

export interface PublishingOptions {
  wire: SqlWire;
  judge: SqlDialect["judge"];
  /** Rows that one statement stores. */
  mostRows: number;
  outbox: Pick<Outbox<NewRow>, "confirm" | "refuse">;
  lost: (error: unknown) => void;
}

/** Stores messages on one wire, in the order they came. */
export class Publishing {
  #waiting: Outgoing[] = [];
  #isWriting = false;
  readonly #over = new AbortController();

  constructor(private readonly how: PublishingOptions) {}

  /** Stores a message with all others of this turn of the event loop. */
  add(outgoing: Outgoing): void {
    this.#waiting.push(outgoing);
    if (this.#isWriting) return;
    this.#isWriting = true;
    queueMicrotask(() => void this.#run());
  }

  /** Stops: the outbox has what is not stored, for the next wire. */
  end(): void {
    this.#over.abort();
    this.#waiting = [];
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** One commit at a time, so that what was published first is seen first. */
  async #run(): Promise<void> {
    // Gives the rest of this turn the time to come along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#store(takeBatch(this.#waiting, this.how.mostRows));
    this.#isWriting = false;
  }

  async #store(batch: Outgoing[]): Promise<void> {
    try {
      await this.how.wire.publish(batch.map(({ row }) => row));
      for (const { number } of batch) this.how.outbox.confirm(number);
    } catch (error) {
      if (!this.#isOver) await this.#failed(batch, error);
    }
  }

  async #failed(batch: Outgoing[], error: unknown): Promise<void> {
    const fault = this.how.judge(error);
    if (fault === "lost") return this.how.lost(error);
    if (fault === "again") {
      log.debug("Storing messages is tried again", { error });
      await pause(PAUSE_MS, this.#over.signal);
      return this.#isOver ? undefined : await this.#store(batch);
    }
    // One that cannot be stored must not keep the others from it.
    if (fault === "data" && batch.length > 1) {
      for (const one of batch) if (!this.#isOver) await this.#store([one]);
      return;
    }
    log.error("The database refused messages", { error });
    for (const { number } of batch) this.how.outbox.refuse(number, refusal(fault, error));
  }
}

function refusal(fault: "data" | "refused", cause: unknown): ParleyError {
  const [code, text] = fault === "data"
    ? ["invalid_message", "The database cannot store this message. The log says why."] as const
    : ["unavailable", "The database does not store messages now. Its log, and this one, say why."] as const;
  return new ParleyError(code, text, { cause });
}

/** Takes what one statement can store from the front of `waiting`: at least one. */
export function takeBatch(waiting: Outgoing[], mostRows: number): Outgoing[] {
  let bytes = 0;
  let count = 0;
  for (const { row } of waiting) {
    bytes += row.body.length;
    if (count > 0 && (count === mostRows || bytes > MOST_BYTES)) break;
    count++;
  }
  return waiting.splice(0, count);
}
