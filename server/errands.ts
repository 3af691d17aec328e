/** What one server has and another must act on: kept in the store, then the other is woken; it reads the store by itself, too. */
import { setImmediate } from "node:timers";
import type { MessageBus, Subscription } from "../shared/bus/bus.ts";
import { ParleyError, retryable } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import type { CommandRecord } from "../shared/model/command.ts";
import type { Message } from "../shared/model/message.ts";
import type { Principal } from "../shared/model/principal.ts";
import type { ErrandRow, ErrandStore } from "../shared/store/store.ts";
import type { Chunk } from "./chunks.ts";
import type { Telling } from "./command/transition.ts";
import type { Piece } from "./command/watchers.ts";
import type { AgentAction } from "./control/agent_control.ts";
import { type Clock, every } from "./presence/clock.ts";
import type { Servers } from "./presence/servers.ts";

const TOPIC = "parley.wake";
/** A wake may be lost, and what failed is tried again: the store is read so often while there are others. */
const READ_EVERY_MS = 2_000;
const TAKE_OVER_EVERY_MS = 10_000;
const PAGE = 500;

const log = logOf("server", "errands");

export type Errand =
  /** Bring a message to its reader. */
  | { kind: "dispatch"; message: Message }
  /** Show a message to a session; `again`: though it was shown before. */
  | { kind: "show"; frontendId: string; message: Message; again: boolean }
  /** Give a session to the server `to`. */
  | { kind: "let_go"; frontendId: string; to: string }
  /** Go on with what comes after a message that was accepted there: it has reached its reader. */
  | { kind: "passed"; messageId: string }
  /** Show a piece of a reply that is being written. */
  | { kind: "chunk"; agentId: string; chunk: Chunk }
  /** Have somebody's decision about an agent take effect. */
  | { kind: "control"; agentId: string; action: AgentAction; by: string }
  /** Tell an agent to stop a reply. */
  | { kind: "stop_reply"; agentId: string; about: StoppedReply }
  /** Go on with a command as it is kept, which somebody asked for, or decided on, at another server. */
  | { kind: "command"; agentId: string; commandId: string; telling?: Telling | undefined }
  /** Tell watchers what has become of a command, or what it has printed. */
  | { kind: "command_news"; agentId: string; command: CommandRecord; piece?: Piece | undefined }
  /** Give an answer to who waits for it. */
  | { kind: "answer"; message: Message };

/** What is about the connection that an agent has with one server. */
export type AgentErrand = Extract<Errand, { agentId: string; chunk?: undefined }>;

/** Names the reply, and the message that it answers. */
export type StoppedReply = { message_id: string; in_reply_to_message_id: string };

/**
 * Acts on one errand; the errands of a batch are begun in their order. Resolves once it is done. What it throws is tried
 * again where that may help.
 */
export type ActOn = (errand: Errand) => Promise<void>;

export interface ErrandsOptions {
  store: ErrandStore;
  bus: Pick<MessageBus, "emit" | "subscribe">;
  server: Principal;
  servers: Servers;
  clock: Clock;
}

/** Reads nothing while no other server is there. Disposing waits for what is being acted on. */
export class Errands implements AsyncDisposable {
  readonly #options: ErrandsOptions;
  readonly #resources = new AsyncDisposableStack();
  /** Those that are being acted on, or are done and may still be listed, by position. */
  readonly #begun = new Set<number>();
  readonly #removed = new Set<number>();
  readonly #acting = new Set<Promise<void>>();
  readonly #toWake = new Set<string>();
  #actOn: ActOn | undefined;
  #done: number[] = [];
  #reading: Promise<void> | undefined;
  #again = false;
  #isClosed = false;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  /** Leaves something for another server, which is woken. Resolves once it cannot be lost. Throws `unavailable`. */
  async leave(serverId: string, errand: Errand): Promise<void> {
    const { store, server } = this.#options;
    await store.add(server, serverId, JSON.stringify(errand));
    if (this.#toWake.size === 0) setImmediate(() => this.#wakeThem());
    this.#toWake.add(serverId);
  }

  /** Has another server act on something at once, at most once: nothing is kept. */
  say(serverId: string, errand: Errand): void {
    this.#emit({ server_ids: [serverId], errand });
  }

  /** Has every other server act on something, as `say`. */
  sayToAll(errand: Errand): void {
    const server_ids = [...this.#options.servers.others];
    if (server_ids.length > 0) this.#emit({ server_ids, errand });
  }

  /** Begins to act on what is left for this server, and for those that are gone where that is for this one. */
  async start(actOn: ActOn): Promise<void> {
    const { bus, server, servers, clock } = this.#options;
    if (!servers.isShared) return;
    this.#actOn = actOn;
    const subscription: Subscription | undefined = await bus.subscribe(TOPIC, (event) => {
      const { server_ids, errand } = (event ?? {}) as { server_ids?: unknown; errand?: Errand };
      if (!Array.isArray(server_ids) || !server_ids.includes(server.id)) return;
      if (!errand) return this.#read();
      actOn(errand).catch((cause) =>
        log.debug("What another server said is passed over: {cause}", { cause })
      );
    }).catch((cause) => {
      log.warning("What other servers leave for this one is seen later: {cause}", { cause });
      return undefined;
    });
    if (subscription) this.#resources.use(subscription);
    this.#resources.use(servers.onChange(({ gone }) => gone.length > 0 && this.#takeOver()));
    this.#resources.use(every(clock, READ_EVERY_MS, () => servers.others.size > 0 && this.#read()));
    // One may still be left for a server that has just been found to be gone.
    this.#resources.use(every(clock, TAKE_OVER_EVERY_MS, () => this.#takeOver()));
    this.#takeOver();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#resources.disposeAsync();
    await this.#reading;
    await Promise.all(this.#acting);
    await this.#remove();
  }

  #wakeThem(): void {
    const server_ids = [...this.#toWake];
    this.#toWake.clear();
    this.#emit({ server_ids });
  }

  #emit(event: { server_ids: string[]; errand?: Errand }): void {
    this.#options.bus.emit(TOPIC, event)
      .catch((cause) => log.debug("Other servers were not told: {cause}", { cause }));
  }

  #takeOver(): void {
    const { store, server, servers } = this.#options;
    if (!servers.isShared || !servers.isFirst) return;
    store.takeOver(server, server.id, [...servers.others]).then(
      () => this.#read(),
      (cause) =>
        log.warning("What was left for a server that is gone is taken over later: {cause}", { cause }),
    );
  }

  #read(): void {
    this.#again = true;
    this.#reading ??= this.#readWhileAsked()
      .catch((cause) => log.warning("What other servers left is read again soon: {cause}", { cause }))
      .finally(() => {
        this.#reading = undefined;
        // Asked for while the last reading was ending.
        if (this.#again && !this.#isClosed) this.#read();
      });
  }

  async #readWhileAsked(): Promise<void> {
    const { store, server } = this.#options;
    while (this.#again && !this.#isClosed) {
      this.#again = false;
      const removed = [...this.#removed];
      const rows = await store.list(server, server.id, PAGE);
      for (const position of removed) this.#forget(position);
      const fresh = rows.filter(({ position }) => !this.#begun.has(position));
      for (const row of fresh) this.#begin(row);
      // There may be more behind a full page, once something of it is done.
      if (rows.length === PAGE && this.#acting.size > 0) await Promise.race(this.#acting);
      this.#again ||= rows.length === PAGE;
      await this.#remove();
    }
  }

  #begin({ position, body }: ErrandRow): void {
    this.#begun.add(position);
    const acting = this.#act(body).then(() => {
      this.#done.push(position);
      this.#removeSoon();
    }, (cause) => {
      this.#begun.delete(position);
      log.warning("What another server left is tried again: {cause}", { cause });
    }).finally(() => this.#acting.delete(acting));
    this.#acting.add(acting);
  }

  /** What cannot be done by trying again is given up, and said. */
  async #act(body: string): Promise<void> {
    try {
      await this.#actOn!(JSON.parse(body));
    } catch (thrown) {
      if (retryable(ParleyError.from(thrown).code)) throw thrown;
      log.error("What another server left cannot be done: {thrown}", { thrown });
    }
  }

  #removeSoon(): void {
    if (this.#done.length > 1) return;
    setImmediate(() => {
      this.#remove().catch((cause) => log.debug("What is done is removed later: {cause}", { cause }));
    });
  }

  /** A list that was asked for after it was removed does not have it any more. */
  #forget(position: number): void {
    this.#begun.delete(position);
    this.#removed.delete(position);
  }

  async #remove(): Promise<void> {
    const { store, server } = this.#options;
    const done = this.#done;
    this.#done = [];
    try {
      await store.remove(server, done);
      for (const position of done) this.#removed.add(position);
    } catch (error) {
      this.#done.push(...done);
      throw error;
    }
  }
}
