/** Keeps a connection to Redis: dials, finds that it is lost or that Redis hangs, dials again with growing pauses. */
import { ConfigError } from "../config.ts";
import { logOf } from "../log.ts";
import { atMost, reconnectPauseMs } from "../pause.ts";
import type { OnStateChange } from "./bus.ts";
import type { RedisAddress } from "./redis_address.ts";
import { advicesOf, loggable, reasonOf, type RedisFacts, refusalOf } from "./redis_server.ts";
import { Wire } from "./redis_wire.ts";

const log = logOf("bus", "redis");
const SAY_AGAIN_MS = 30_000;

export interface RedisLinkOptions {
  address: RedisAddress;
  /** Milliseconds after which a command without an answer means that Redis hangs. */
  commandTimeoutMs: number;
  /** Sets up what a new connection needs. */
  up: (wire: Wire, facts: RedisFacts) => Promise<void>;
  /** Lets go of what the lost connection had. */
  down: () => void;
  onStateChange: OnStateChange | undefined;
}

/** One connection that comes back by itself. */
export class RedisLink {
  readonly #target: string;
  #wire: Wire | undefined;
  #number = 0;
  #failures = 0;
  #dialling: Promise<void>;
  #redial: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #unusable: ConfigError | undefined;
  /** Advices given, and reasons why dialling failed with the time they were said aloud, by `performance.now()`. */
  readonly #advised = new Set<string>();
  readonly #told = new Map<string, number>();
  #isClosed = false;

  constructor(private readonly options: RedisLinkOptions) {
    this.#target = options.address.target;
    this.#dialling = this.#dial();
  }

  /** Waits for the first try, whatever comes of it, at most the time of one command. Throws `ConfigError` when this Redis will never do. */
  async firstTry(): Promise<void> {
    await atMost(this.options.commandTimeoutMs, this.#dialling);
    if (this.#unusable) throw this.#unusable;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#redial);
    await this.#dialling;
    clearInterval(this.#pulse);
    await this.#wire?.close();
  }

  async #dial(): Promise<void> {
    const number = ++this.#number;
    const { address, commandTimeoutMs } = this.options;
    this.#unusable = undefined;
    let opened: Wire | undefined;
    try {
      const lost = (error: Error) => this.#lost(number, error);
      const { wire, facts } = await Wire.open({ address, commandTimeoutMs, number, lost });
      opened = wire;
      await this.#setUp(wire, facts);
    } catch (error) {
      await opened?.close();
      this.#again(error);
    }
  }

  /** Throws only while the connection stands: once it is lost, `#lost` has seen to the next one. */
  async #setUp(wire: Wire, facts: RedisFacts): Promise<void> {
    const refusal = refusalOf(facts);
    if (refusal) throw this.#unusable = new ConfigError(`BUS_URL: ${this.#target} ${refusal}.`);
    // As it would say itself once something is published; another may take its place.
    if (facts.isReplica) throw new Error("READONLY");
    if (this.#isClosed) return await wire.close();
    this.#wire = wire;
    try {
      await this.options.up(wire, facts);
    } catch (error) {
      if (this.#wire !== wire) return;
      this.#down();
      throw error;
    }
    if (this.#wire === wire) this.#connected(wire, facts);
  }

  #connected(wire: Wire, facts: RedisFacts): void {
    this.#failures = 0;
    this.#told.clear();
    this.#advise(facts);
    this.#pulse = setInterval(() => void wire.ping().catch(() => {}), this.options.commandTimeoutMs);
    log.info("Connected to Redis at {target}", { target: this.#target });
    this.options.onStateChange?.("connected", this.#target);
  }

  #advise(facts: RedisFacts): void {
    for (const advice of advicesOf(facts).filter((one) => !this.#advised.has(one))) {
      this.#advised.add(advice);
      log.warning("Redis at {target} {advice}", { target: this.#target, advice });
    }
  }

  #lost(number: number, error: Error): void {
    if (this.#wire?.number !== number) return;
    this.#down();
    this.#again(error);
  }

  #down(): void {
    this.#wire = undefined;
    clearInterval(this.#pulse);
    this.options.down();
  }

  #again(error: unknown): void {
    if (this.#isClosed) return;
    const delayMs = reconnectPauseMs(++this.#failures);
    const detail = this.#unusable?.message ?? `Redis at ${this.#target} ${reasonOf(error)}.`;
    log[this.#levelOf(detail)]("{detail} Again in {delayMs} ms", { detail, delayMs });
    log.debug("What the driver said: {said}", { said: loggable(error) });
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
