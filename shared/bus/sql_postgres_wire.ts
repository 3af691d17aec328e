/** The bus's wire to PostgreSQL: each thing that it asks for, as statements on three connections. */
import type pg from "pg";
import { eventOf, sayingOf } from "./sql_postgres_event.ts";
import * as text from "./sql_postgres_text.ts";
import { byTurn } from "./sql_row.ts";
import type { Claim, Claimed, ClaimedRow, Look, NewRow, QueueCount } from "./sql_wire.ts";
import type { Settlement, SqlEvent, SqlWire, WireListener } from "./sql_wire.ts";

/** Bytes that a notification may have are 7,999; what is larger goes by a row. */
const MOST_NOTIFIED_BYTES = 7_900;

/** One connection each for what must not wait for the others. */
export interface Clients {
  /** Listens, and keeps the lease. */
  line: pg.Client;
  /** Claims, settles and tells. */
  work: pg.Client;
  /** Publishes. */
  store: pg.Client;
}

/** The wire over connections, which it then owns. */
export class PostgresWire implements SqlWire {
  #owner = 0;
  /** The channel that wakes readers, and that of events: of one schema each. */
  #channels = { queues: "", events: "" };
  #lastEvent = 0;
  #isOver = false;
  #listening: Promise<unknown> | undefined;
  /** Events are handed out in the order they came, also where one has to be read first. */
  #events: Promise<void> = Promise.resolve();

  constructor(
    private readonly clients: Clients,
    private readonly listener: WireListener,
    private readonly leaseMs: number,
  ) {
    for (const client of Object.values(clients)) {
      client.on("error", (error: Error) => this.#lost(error));
      client.on("end", () => this.#lost(new Error("the connection was closed")));
    }
    clients.line.on("notification", (notification) => this.#hear(notification));
  }

  /** Takes a lease, instead of the one before if there was one. */
  async begin(previous: string | undefined): Promise<string> {
    const { line } = this.clients;
    const { rows: [{ schema }] } = await line.query(text.SCHEMA_HASH);
    this.#channels = { queues: `parley_bus_q_${schema}`, events: `parley_bus_e_${schema}` };
    await line.query(`listen ${this.#channels.queues}`);
    if (previous !== undefined) await line.query(text.UNREGISTER, [previous]);
    const { rows: [{ owner }] } = await line.query(text.REGISTER, [this.leaseMs]);
    this.#owner = owner;
    return String(owner);
  }

  async publish(rows: readonly NewRow[]): Promise<void> {
    const { store } = this.clients;
    const stored = store.query({
      name: "publish",
      text: text.PUBLISH,
      values: [
        rows.map((row) => row.queue),
        rows.map((row) => row.priority),
        rows.map((row) => row.orderKey),
        rows.map((row) => row.delayMs),
        rows.map((row) => row.expiresMs),
        rows.map((row) => row.head),
        rows.map((row) => row.body),
        rows.map((row) => row.isText),
      ],
    });
    const woken = new Set(rows.filter(({ delayMs }) => delayMs === null).map(({ queue }) => queue));
    const values = [this.#channels.queues, [...woken]];
    // Whom this does not wake, looks.
    if (woken.size > 0) store.query({ name: "wake", text: text.WAKE, values }).catch(() => {});
    await stored;
  }

  /**
   * Claims of one queue come one after the other, and each statement sees what was done before it: otherwise two
   * readers could claim messages of one key at the same moment, each without seeing the other's.
   */
  async claim({ queue, reader, limit }: Claim): Promise<Claimed> {
    const { work } = this.clients;
    const lock = `${this.#channels.queues} ${queue}`;
    const values = [queue, this.#owner, reader, limit];
    const [, , claimed, , waiting] = await Promise.all([
      work.query("begin"),
      work.query({ name: "lock", text: text.LOCK, values: [lock] }),
      work.query({ name: "claim", text: text.CLAIM, values }),
      work.query("commit"),
      work.query({ name: "waiting", text: text.WAITING, values: [[queue]] }),
    ]);
    return { rows: claimed.rows.map(toClaimed).sort(byTurn), more: waiting.rows.length > 0 };
  }

  async settle({ removed, returned, untouched }: Settlement): Promise<void> {
    const values = [removed, returned, untouched, this.#owner, this.#channels.queues];
    await this.clients.work.query({ name: "settle", text: text.SETTLE, values });
  }

  async care(): Promise<void> {
    const { line } = this.clients;
    const { rowCount } = await line.query(text.RENEW, [this.#owner, this.leaseMs]);
    if (rowCount === 0) throw new Error("the lease was lost, since it was not renewed in time");
    await line.query(text.EXPIRE);
    await line.query(text.DROP_DEAD, [this.#owner]);
    await line.query(text.GIVE_BACK_LOST, [this.#channels.queues]);
    await line.query(text.DROP_EVENTS);
  }

  async bringDue(): Promise<number | undefined> {
    const { line } = this.clients;
    await line.query(text.BRING_DUE, [this.#channels.queues]);
    const { rows: [next] } = await line.query(text.NEXT_DUE);
    return next?.next_ms ?? undefined;
  }

  async look(queues: readonly string[]): Promise<Look> {
    if (queues.length === 0) return { waiting: [], isLively: false };
    const { rows } = await this.clients.line.query(text.WAITING, [queues]);
    return { waiting: rows.map(({ queue }) => queue), isLively: rows.length > 0 };
  }

  async emit(events: readonly SqlEvent[]): Promise<void> {
    const said = await Promise.all(events.map((event) => this.#sayingOf(event)));
    await this.clients.work.query({
      name: "notify",
      text: text.NOTIFY,
      values: [this.#channels.events, said],
    });
  }

  async listen(): Promise<void> {
    await (this.#listening ??= this.clients.line.query(`listen ${this.#channels.events}`));
  }

  async count(queues: readonly string[]): Promise<QueueCount[]> {
    const { rows } = await this.clients.line.query(text.COUNT, [queues]);
    return rows.map(({ queue, ready, in_flight }) => ({ queue, ready, inFlight: in_flight }));
  }

  async close(): Promise<void> {
    const { line } = this.clients;
    await line.query(text.UNREGISTER, [this.#owner]);
    await line.query(text.GIVE_BACK_LOST, [this.#channels.queues]);
    this.#isOver = true;
    await Promise.all(Object.values(this.clients).map((client) => client.end()));
  }

  break(): void {
    this.#isOver = true;
    for (const client of Object.values(this.clients)) {
      // It waits for nothing: what is under way ends with an error.
      client.end().catch(() => {});
      streamOf(client)?.destroy();
    }
  }

  #lost(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener.lost(error);
  }

  #hear({ channel, payload = "" }: pg.Notification): void {
    if (channel === this.#channels.queues) return this.listener.wake(payload);
    this.#events = this.#events.then(() => this.#hearEvent(payload)).catch((error) => this.#lost(error));
  }

  async #hearEvent(said: string): Promise<void> {
    const event = eventOf(said);
    if (typeof event !== "string") return this.listener.event(event);
    const { rows: [kept] } = await this.clients.line.query(text.READ_EVENT, [event]);
    if (kept) this.listener.event(kept);
  }

  async #sayingOf(event: SqlEvent): Promise<string> {
    const said = sayingOf(++this.#lastEvent, event);
    // A character has three bytes at most, so most need not be measured.
    if (said.length * 3 < MOST_NOTIFIED_BYTES || byteLength(said) < MOST_NOTIFIED_BYTES) return said;
    const { rows: [{ position }] } = await this.clients.work.query(text.KEEP_EVENT, [
      event.topic,
      event.json,
    ]);
    return `@${position}`;
  }
}

function byteLength(said: string): number {
  return new TextEncoder().encode(said).length;
}

function toClaimed({ is_text, ...row }: Omit<ClaimedRow, "isText"> & { is_text: boolean }): ClaimedRow {
  return { ...row, isText: is_text };
}

function streamOf(client: pg.Client): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}
