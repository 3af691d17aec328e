/** Keeps one wire to the database: dials, finds that it is lost, dials again with growing pauses. */
import { logOf } from "../log.ts";
import { atMost, reconnectPauseMs } from "../pause.ts";
import type { OnStateChange } from "./bus.ts";
import type { DialOptions, SqlDialect, SqlWire, WireListener } from "./sql_wire.ts";

const log = logOf("bus", "sql");
const SAY_AGAIN_MS = 30_000;
/** How long closing waits for the connections to end, in milliseconds. */
const CLOSE_MS = 2_000;

export interface SqlLinkOptions extends Pick<DialOptions, "leaseMs"> {
  dialect: SqlDialect;
  up: (wire: SqlWire) => void;
  /** Lets go of what the lost wire had. */
  down: () => void;
  /** What a wire tells of by itself. */
  hears: Omit<WireListener, "lost">;
  onStateChange: OnStateChange | undefined;
}

/** One wire that comes back by itself. */
export class SqlLink {
  #wire: SqlWire | undefined;
  #lease: string | undefined;
  #redial: ReturnType<typeof setTimeout> | undefined;
  #dialling: Promise<void>;
  #failures = 0;
  /** Why dialling failed since the last connection, and when that was said aloud, by `performance.now()`. */
  readonly #told = new Map<string, number>();
  #isClosed = false;

  constructor(readonly options: SqlLinkOptions) {
    this.#dialling = this.#dial();
  }

  /** The wire, while there is one. */
  get wire(): SqlWire | undefined {
    return this.#wire;
  }

  /** Gives up a wire that is of no use, and dials another. */
  giveUp(wire: SqlWire, error: unknown): void {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    wire.break();
    this.options.down();
    this.#again(error);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#redial);
    await this.#dialling;
    const wire = this.#wire;
    this.#wire = undefined;
    if (wire === undefined) return;
    const closing = wire.close().catch((error) => log.debug("Closing the connections failed", { error }));
    if (!await atMost(CLOSE_MS, closing)) wire.break();
  }

  async #dial(): Promise<void> {
    const { dialect, hears, leaseMs } = this.options;
    let dialled: SqlWire | undefined;
    let lostWith: { error: unknown } | undefined;
    // It may be lost before dialling has resolved.
    const lost = (error: unknown) => {
      lostWith ??= { error };
      if (dialled) this.giveUp(dialled, error);
    };
    try {
      const { wire, lease } = await dialect.dial({
        listener: { ...hears, lost },
        leaseMs,
        previous: this.#lease,
      });
      dialled = wire;
      this.#lease = lease;
      if (lostWith) throw lostWith.error;
      this.#connected(wire);
    } catch (error) {
      this.#again(error);
    }
  }

  #connected(wire: SqlWire): void {
    this.#wire = wire;
    // Closing waits for the dialling, and ends what came of it.
    if (this.#isClosed) return;
    this.#failures = 0;
    this.#told.clear();
    const { name, target } = this.options.dialect;
    log.info("Connected to {name} at {target}", { name, target });
    this.options.up(wire);
    this.options.onStateChange?.("connected", target);
  }

  #again(error: unknown): void {
    if (this.#isClosed) return;
    const delayMs = reconnectPauseMs(++this.#failures);
    const { dialect } = this.options;
    const detail = `${dialect.name} at ${dialect.target} ${dialect.reasonOf(error)}.`;
    log[this.#levelOf(detail)]("{detail} Again in {delayMs} ms", { detail, delayMs });
    this.options.onStateChange?.("connecting", detail);
    this.#redial = setTimeout(() => this.#dialling = this.#dial(), delayMs);
  }

  /** The same reason is said aloud at once and then twice a minute, not at each try. */
  #levelOf(detail: string): "warning" | "debug" {
    const now = performance.now();
    if (now - (this.#told.get(detail) ?? -Infinity) < SAY_AGAIN_MS) return "debug";
    this.#told.set(detail, now);
    return "warning";
  }
}
