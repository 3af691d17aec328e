/** Keeps one connection to RabbitMQ: dials, finds that it is lost, dials again with growing pauses. */
import { Socket } from "node:net";
import { nextTick } from "node:process";
import amqplib, { type ChannelModel } from "amqplib";
import { requireAmqpUrl } from "../config.ts";
import { logOf } from "../log.ts";
import { reconnectPauseMs } from "../pause.ts";
import { writeTogether } from "../write_together.ts";
import type { OnStateChange } from "./bus.ts";

const log = logOf("bus", "amqp");
const CONNECT_TIMEOUT_MS = 10_000;
const SAY_AGAIN_MS = 30_000;
/** A frozen RabbitMQ is found after two of these, in seconds. */
const HEARTBEAT_S = 10;

export interface LinkOptions {
  /** Sets up what a new connection needs. A throw counts as a failed connection. */
  up: (model: ChannelModel) => Promise<void>;
  /** Lets go of what the lost connection had. */
  down: () => void;
  onStateChange: OnStateChange | undefined;
  /** Milliseconds after which the same reason is said aloud again; default 30,000. */
  sayAgainMs?: number;
}

/** One connection that comes back by itself. */
export class Link {
  readonly #target: string;
  #model: ChannelModel | undefined;
  #redial: ReturnType<typeof setTimeout> | undefined;
  #dialling: Promise<void>;
  #failures = 0;
  /** Why dialling failed since the last connection, and when that was said aloud, by `performance.now()`. */
  readonly #told = new Map<string, number>();
  #closed = false;

  /** Throws `ConfigError` when `url` is none. */
  constructor(readonly url: string, readonly options: LinkOptions) {
    this.#target = new URL(requireAmqpUrl(url)).host;
    this.#dialling = this.#dial();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#redial);
    await this.#dialling;
    await this.#model?.close().catch((error) => log.debug("Closing the connection failed", { error }));
  }

  async #dial(): Promise<void> {
    try {
      const model = await amqplib.connect(withHeartbeat(this.url), {
        noDelay: true,
        timeout: CONNECT_TIMEOUT_MS,
      });
      writeAtOnce(model);
      await this.#setUp(model);
    } catch (error) {
      this.#again(error);
    }
  }

  /** Throws only while the connection stands: once it is lost, `#lost` has seen to the next one. */
  async #setUp(model: ChannelModel): Promise<void> {
    this.#model = model;
    model.on("error", (error) => log.debug("The connection reports an error", { error }));
    model.on("close", (error) => this.#lost(model, error));
    try {
      await this.options.up(model);
      if (this.#model === model) this.#connected();
    } catch (error) {
      if (this.#model !== model) return;
      this.#model = undefined;
      this.options.down();
      await model.close().catch(() => {});
      throw error;
    }
  }

  #connected(): void {
    this.#failures = 0;
    this.#told.clear();
    log.info("Connected to RabbitMQ at {target}", { target: this.#target });
    this.options.onStateChange?.("connected", this.#target);
  }

  #lost(model: ChannelModel, error: unknown): void {
    if (this.#model !== model) return;
    this.#model = undefined;
    this.options.down();
    this.#again(error ?? new Error("the connection was closed"));
  }

  #again(error: unknown): void {
    if (this.#closed) return;
    const delayMs = reconnectPauseMs(++this.#failures);
    const detail = `RabbitMQ at ${this.#target} ${reasonOf(error)}.`;
    log[this.#levelOf(detail)]("{detail} Again in {delayMs} ms", { detail, delayMs });
    this.options.onStateChange?.("connecting", detail);
    this.#redial = setTimeout(() => this.#dialling = this.#dial(), delayMs);
  }

  /** The same reason is said aloud at once and then twice a minute, not at each try. */
  #levelOf(detail: string): "warning" | "debug" {
    const now = performance.now();
    if (now - (this.#told.get(detail) ?? -Infinity) < (this.options.sayAgainMs ?? SAY_AGAIN_MS)) {
      return "debug";
    }
    this.#told.set(detail, now);
    return "warning";
  }
}

/** What RabbitMQ says when it lets nobody in, and which part of the URL is probably wrong. */
const REFUSALS: [said: RegExp, means: string][] = [
  [
    /ACCESS.REFUSED|\b403\b.*login/i,
    "refused the user or the password. Look at BUS_URL: its user and password",
  ],
  [
    /Expected ConnectionOpenOk|vhost|\b530\b/i,
    "refused the virtual host, which is missing or closed to this user. Look at BUS_URL: its path names the virtual host",
  ],
];

/** Says what keeps RabbitMQ from being used, after its name: the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return REFUSALS.find(([refusal]) => refusal.test(said))?.[1] ?? `cannot be reached: ${said}`;
}

/** What of the connection of amqplib 2.3 is told to write in another way; it has no options for that. */
interface Connection {
  stream?: unknown;
  channels?: { buffer: Pick<Socket, "write" | "end"> }[];
  freshChannel?(...given: unknown[]): number;
}

/**
 * Has what one turn of the event loop writes leave at its end, with one system call: a call costs more than most of
 * what it carries. amqplib sends each channel's writes through a stream and a later turn, so that none crowds out the
 * others; ours write what they must in any case, and all of it soon. A channel emits no `drain` then: nobody here
 * waits for one, since what is on its way is limited by confirmations.
 */
function writeAtOnce(model: ChannelModel): void {
  const connection = model.connection as unknown as Connection;
  const { stream, channels } = connection;
  const freshChannel = connection.freshChannel?.bind(connection);
  if (!(stream instanceof Socket) || !channels || !freshChannel) return;
  const { write } = writeTogether(stream, nextTick);
  connection.freshChannel = (...given) => {
    const number = freshChannel(...given);
    const channel = channels[number]!;
    const muxed = channel.buffer;
    channel.buffer = { write, end: () => muxed.end() } as typeof muxed;
    return number;
  };
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has("heartbeat")) parsed.searchParams.set("heartbeat", String(HEARTBEAT_S));
  return parsed.href;
}
