/** What has become of claimed messages, gathered and written together; nobody waits for it. */
import { logOf } from "../log.ts";
import type { Settlement, SqlDialect, SqlWire } from "./sql_wire.ts";

const log = logOf("bus", "sql");
/** Written at the latest after so many milliseconds. A crash until then delivers again. */
const LATEST_MS = 5;
/** Milliseconds before what the database refused is tried again. */
const PAUSE_AFTER_REFUSAL_MS = 1_000;

/** Gathers the settlements of one wire. */
export class Settling {
  #gathered = empty();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(
    private readonly wire: SqlWire,
    private readonly judge: SqlDialect["judge"],
    private readonly lost: (error: unknown) => void,
  ) {}

  /** Notes what has become of a message. */
  add(kind: keyof Settlement, position: string): void {
    if (this.#isOver) return;
    this.#gathered[kind].push(position);
    this.#timer ??= setTimeout(() => void this.flush(), LATEST_MS);
  }

  /** Writes what is gathered now. Resolves once it and what was gathered before is written, or given up. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const settlement = this.#gathered;
    if (isEmpty(settlement)) return this.#writing;
    this.#gathered = empty();
    const written = this.#write(settlement);
    const before = this.#writing;
    return this.#writing = before.then(() => written);
  }

  /** Forgets what is gathered: the lease is gone, and whoever claims the messages next has them again. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#gathered = empty();
  }

  async #write(settlement: Settlement): Promise<void> {
    try {
      await this.wire.settle(settlement);
    } catch (error) {
      if (!this.#isOver) this.#refused(settlement, error);
    }
  }

  #refused(settlement: Settlement, error: unknown): void {
    const fault = this.judge(error);
    if (fault === "lost") return this.lost(error);
    log.warning("What has become of messages could not be written; it is tried again", { error });
    for (const kind of KINDS) this.#gathered[kind].push(...settlement[kind]);
    const pauseMs = fault === "again" ? LATEST_MS : PAUSE_AFTER_REFUSAL_MS;
    this.#timer ??= setTimeout(() => void this.flush(), pauseMs);
  }
}

const KINDS = ["removed", "returned", "untouched"] as const;

function empty(): Settlement {
  return { removed: [], returned: [], untouched: [] };
}

function isEmpty(settlement: Settlement): boolean {
  return KINDS.every((kind) => settlement[kind].length === 0);
}
