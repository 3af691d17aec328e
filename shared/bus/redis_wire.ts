/** What one connection to Redis is: a socket for commands and one for channels, which Redis wants apart. */
import { Redis } from "ioredis";
import type { RedisAddress } from "./redis_address.ts";
import { type ScriptName, SCRIPTS } from "./redis_scripts.ts";
import { isRefusal, readInfo, type RedisFacts } from "./redis_server.ts";

export interface WireOptions {
  address: RedisAddress;
  /** Tells connections of one process apart, from 1. */
  number: number;
  /** Milliseconds after which a command without an answer means that Redis hangs. */
  commandTimeoutMs: number;
  /** Called once, when the connection cannot be used any more. */
  lost: (error: Error) => void;
}

/** An open connection. Once it is lost it stays so. */
export class Wire {
  readonly number: number;
  readonly #commands: Redis;
  readonly #events: Redis;
  readonly #shas = new Map<ScriptName, string>();
  #isOpen = true;
  #lastError: Error | undefined;

  private constructor(private readonly options: WireOptions) {
    this.number = options.number;
    this.#commands = this.#redis();
    this.#events = this.#redis();
  }

  /** Connects. Rejects with why Redis cannot be used; nothing is left open then. */
  static async open(options: WireOptions): Promise<{ wire: Wire; facts: RedisFacts }> {
    const wire = new Wire(options);
    try {
      await Promise.all([wire.#commands.connect(), wire.#events.connect()]);
      const facts = readInfo(await wire.#commands.info());
      await Promise.all((Object.keys(SCRIPTS) as ScriptName[]).map((name) => wire.#load(name)));
      return { wire, facts };
    } catch (error) {
      await wire.close();
      throw wire.#lastError ?? error;
    }
  }

  /** Hears what is said on the channels it listens to. */
  onEvent(hear: (channel: string, text: string) => void): void {
    this.#events.on("message", hear);
  }

  /** Runs a script on the queue at `base`. Rejects when Redis refuses, or the connection is lost. */
  run(script: ScriptName, base: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#watched(this.#commands.call("EVALSHA", [this.#shas.get(script)!, 1, base, ...args]));
  }

  async tell(channel: string, text: string): Promise<void> {
    await this.#watched(this.#commands.publish(channel, text));
  }

  async listen(channels: string[]): Promise<void> {
    if (channels.length > 0) await this.#watched(this.#events.subscribe(...channels));
  }

  async unlisten(channel: string): Promise<void> {
    await this.#watched(this.#events.unsubscribe(channel));
  }

  /** Asks both sockets for a sign of life. */
  async ping(): Promise<void> {
    await this.#watched(Promise.all([this.#commands.ping(), this.#events.ping()]));
  }

  /** Closes both sockets. Resolves once they are. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all([ended(this.#commands), ended(this.#events)]);
  }

  async #load(name: ScriptName): Promise<void> {
    this.#shas.set(name, String(await this.#commands.script("LOAD", SCRIPTS[name])));
  }

  #redis(): Redis {
    const redis = new Redis({
      ...this.options.address.connection,
      lazyConnect: true,
      protocol: 2,
      connectTimeout: this.options.commandTimeoutMs,
      commandTimeout: this.options.commandTimeoutMs,
      // Coming back is the link's business: what was said on this connection has to be said again on the next.
      retryStrategy: () => null,
      maxLoadingRetryTime: this.options.commandTimeoutMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      disableClientInfo: true,
    });
    redis.on("error", (error: Error) => this.#lastError = error);
    redis.on("end", () => this.#lost(this.#lastError ?? new Error("the connection was closed")));
    return redis;
  }

  async #watched<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!isRefusal(error)) this.#lost(error as Error);
      throw error;
    }
  }

  #lost(error: Error): void {
    if (!this.#isOpen) return;
    void this.close();
    this.options.lost(error);
  }
}

/** Ends a socket at once: a Redis that hangs would not take leave. */
function ended(redis: Redis): Promise<void> {
  if (redis.status === "end" || redis.status === "wait") return Promise.resolve();
  return new Promise((resolve) => {
    redis.once("end", () => resolve());
    redis.disconnect();
    redis.stream?.destroy();
  });
}
