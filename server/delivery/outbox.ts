/** Messages that were accepted while the bus could not take them: kept in the store, and sent on when it can. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import type { ConversationStore, StoredMessage } from "../../shared/store/store.ts";
import { envelopeOf } from "./envelope.ts";
import { atMost } from "../../shared/pause.ts";
import { Recent } from "../../shared/recent.ts";

/** Milliseconds between tries while something is left. */
const TRY_EVERY_MS = 2_000;
/** What passed the brokers within so many milliseconds need not be noted as published. */
const NOTE_AFTER_MS = 1_000;
/** How long closing waits for what is being sent on, in milliseconds: the rest is, after the next start. */
const FINISH_MS = 500;
const PAGE = 200;
/** More than are on the bus without its confirmation at any time. */
const REMEMBERED = 10_000;

/** What has come further in the meantime stays there. */
const PUBLISHED = { state: "published", onlyFrom: "accepted" } as const;

const log = logOf("server", "outbox");

/** Nothing that was accepted is lost: a row in the state `accepted` is published until the bus has it. */
export class Outbox implements AsyncDisposable {
  #isLeft = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sweeping: Promise<void> | undefined;
  readonly #published = new Set<string>();
  /** The bus may confirm a message only after it has come back from a broker. */
  readonly #arrived = new Recent<true>(REMEMBERED);
  #noting: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(
    private readonly bus: MessageBus,
    private readonly store: ConversationStore,
    private readonly server: Principal,
    /** Tells whether what the server of this id has accepted is for this one to send on. */
    private readonly isOurs: (serverId: string) => boolean = () => true,
  ) {}

  /** Notes, a little later, that a message is on the bus; `arrived`, before or after, makes that unnecessary. */
  published(messageId: string): void {
    if (this.#arrived.has(messageId)) return;
    this.#published.add(messageId);
    this.#noting ??= setTimeout(() => this.#noteSoon(), NOTE_AFTER_MS);
  }

  /** Says that a message has come back from a broker. */
  arrived(messageId: string): void {
    this.#arrived.set(messageId, true);
    this.#published.delete(messageId);
  }

  /** Says that something in the store is not on the bus. */
  left(): void {
    this.#isLeft = true;
    if (!this.#isClosed) this.#timer ??= setTimeout(() => void this.sweep(), TRY_EVERY_MS);
  }

  /** Publishes what is left. Resolves when nothing is, or the bus does not take it now. */
  sweep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#sweeping ??= this.#sweep().finally(() => this.#sweeping = undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#noting);
    if (this.#sweeping) await atMost(FINISH_MS, this.#sweeping);
    await this.#note().catch((cause) => log.warning("Not noted as published: {cause}", { cause }));
  }

  async #sweep(): Promise<void> {
    try {
      this.#isLeft = false;
      await this.#note();
      for (;;) {
        const rows = await this.store.inState(this.server, "accepted", { limit: PAGE });
        const own = rows.filter(({ message }) => this.isOurs(message._server_id ?? ""));
        await Promise.all(own.map((row) => this.#publish(row)));
        if (rows.length < PAGE) break;
        // Those of another server, which it is about to send itself, hide what comes after them.
        if (own.length === 0) {
          this.#isLeft = true;
          break;
        }
      }
    } catch (cause) {
      log.warning("Accepted messages are not on the bus yet: {cause}", { cause });
      this.#isLeft = true;
    }
    if (this.#isLeft) this.left();
  }

  async #publish({ message }: StoredMessage): Promise<void> {
    await this.bus.publish(BROKER_INPUT_QUEUE, envelopeOf(message));
    await this.store.change(this.server, message.message_id, PUBLISHED);
  }

  #noteSoon(): void {
    this.#noting = undefined;
    this.#note().catch((cause) => log.warning("Not noted as published: {cause}", { cause }));
  }

  async #note(): Promise<void> {
    const ids = [...this.#published];
    this.#published.clear();
    await Promise.all(ids.map((id) => this.store.change(this.server, id, PUBLISHED)));
  }
}
