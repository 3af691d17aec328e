/** The bus's wire to SQL Server: each thing that it asks for, as statements on three connections. */
import { createHash } from "node:crypto";
import type { MssqlSession, Parameter, Row } from "./sql_mssql_session.ts";
import * as text from "./sql_mssql_text.ts";
import { byTurn } from "./sql_row.ts";
import type { Claim, Claimed, ClaimedRow, Look, NewRow, QueueCount } from "./sql_wire.ts";
import type { Settlement, SqlEvent, SqlWire, WireListener } from "./sql_wire.ts";

/** How long an event that was seen is remembered, in milliseconds: longer than it is read. */
const REMEMBERED_MS = 60_000;

/** One connection each for what must not wait for the others. */
export interface Sessions {
  /** Keeps the lease and looks. */
  line: MssqlSession;
  /** Claims and settles. */
  work: MssqlSession;
  /** Publishes and tells. */
  store: MssqlSession;
}

/** The wire over sessions, which it then owns. */
export class MssqlWire implements SqlWire {
  #owner = 0;
  #isOver = false;
  /** When each event was seen first, by its position; undefined while nobody listens. */
  #seen: Map<string, number> | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly listener: WireListener,
    private readonly leaseMs: number,
  ) {}

  /** Makes what is missing, and takes a lease, instead of the one before if there was one. */
  async begin(previous: string | undefined): Promise<string> {
    const { line } = this.sessions;
    const [found] = await line.run(text.HAS_SCHEMA);
    if (found?.has_schema !== 1) await line.run(text.SCHEMA);
    if (previous !== undefined) await line.run(text.UNREGISTER, { owner: ["int", Number(previous)] });
    const [registered] = await line.run(text.REGISTER, { lease_ms: ["int", this.leaseMs] });
    this.#owner = registered!.owner as number;
    return String(this.#owner);
  }

  async publish(rows: readonly NewRow[]): Promise<void> {
    const parameters = Object.assign({}, ...rows.map(parametersOf));
    await this.sessions.store.run(text.publish(rows.length), parameters);
    // Readers of this process need not wait until they look.
    for (const queue of new Set(rows.map(({ queue }) => queue))) this.listener.wake(queue);
  }

  /** Claims of one queue come one after the other, so that no two readers have messages of one key. */
  async claim({ queue, reader, limit }: Claim): Promise<Claimed> {
    const { work } = this.sessions;
    const claiming = work.run(text.CLAIM, {
      resource: ["nvarchar", resourceOf(queue)],
      queue: ["nvarchar", queue],
      owner: ["int", this.#owner],
      reader: ["int", reader],
      limit: ["int", limit],
    });
    const looking = work.run(text.WAITING, { queues: ["nvarchar", JSON.stringify([queue])] });
    const [claimed, waiting] = await Promise.all([claiming, looking]);
    return { rows: claimed.map(toClaimed).sort(byTurn), more: waiting.length > 0 };
  }

  async settle({ removed, returned, untouched }: Settlement): Promise<void> {
    await this.sessions.work.run(text.SETTLE, {
      owner: ["int", this.#owner],
      removed: ["nvarchar", JSON.stringify(removed)],
      returned: ["nvarchar", JSON.stringify(returned)],
      untouched: ["nvarchar", JSON.stringify(untouched)],
    });
  }

  async care(): Promise<void> {
    const { line } = this.sessions;
    const lease: Record<string, Parameter> = {
      owner: ["int", this.#owner],
      lease_ms: ["int", this.leaseMs],
    };
    const renewed = await line.run(text.RENEW, lease);
    if (renewed.length === 0) throw new Error("the lease was lost, since it was not renewed in time");
    await line.run(text.EXPIRE);
    await line.run(text.DROP_DEAD);
    this.#wake(await line.run(text.GIVE_BACK_LOST));
    await line.run(text.DROP_EVENTS);
  }

  async bringDue(): Promise<number | undefined> {
    const { line } = this.sessions;
    this.#wake(await line.run(text.BRING_DUE));
    const [next] = await line.run(text.NEXT_DUE);
    // It comes as a text, or as null.
    return typeof next?.next_ms === "string" ? Number(next.next_ms) : undefined;
  }

  async look(queues: readonly string[]): Promise<Look> {
    const { line } = this.sessions;
    const hasHeard = this.#seen !== undefined && this.#hear(await line.run(text.READ_EVENTS), this.#seen);
    if (queues.length === 0) return { waiting: [], isLively: hasHeard };
    const rows = await line.run(text.WAITING, { queues: ["nvarchar", JSON.stringify(queues)] });
    const waiting = rows.map(({ queue }) => queue as string);
    return { waiting, isLively: hasHeard || waiting.length > 0 };
  }

  async emit(events: readonly SqlEvent[]): Promise<void> {
    for (const { topic, json } of events) {
      await this.sessions.store.run(text.KEEP_EVENT, {
        topic: ["nvarchar", topic],
        json: ["nvarchar", json],
      });
    }
  }

  /** What was told before is not heard. */
  async listen(): Promise<void> {
    if (this.#seen !== undefined) return;
    const before = await this.sessions.line.run(text.READ_EVENTS);
    this.#seen ??= new Map(before.map(({ position }) => [position as string, Date.now()]));
  }

  async count(queues: readonly string[]): Promise<QueueCount[]> {
    const rows = await this.sessions.line.run(text.COUNT, { queues: ["nvarchar", JSON.stringify(queues)] });
    return rows.map(({ queue, ready, in_flight }) => ({
      queue: queue as string,
      ready: Number(ready),
      inFlight: Number(in_flight),
    }));
  }

  async close(): Promise<void> {
    const { line } = this.sessions;
    await line.run(text.UNREGISTER, { owner: ["int", this.#owner] });
    await line.run(text.GIVE_BACK_LOST);
    this.#isOver = true;
    await Promise.all(Object.values(this.sessions).map((session) => session.close()));
  }

  break(): void {
    this.#isOver = true;
    for (const session of Object.values(this.sessions)) session.break();
  }

  /** Hears that a session is gone. */
  lost(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener.lost(error);
  }

  #wake(rows: Row[]): void {
    for (const queue of new Set(rows.map(({ queue }) => queue as string))) this.listener.wake(queue);
  }

  /** Hands out what was not seen before; tells whether there was any. */
  #hear(rows: Row[], seen: Map<string, number>): boolean {
    const now = Date.now();
    const fresh = rows.filter(({ position }) => !seen.has(position as string));
    for (const { position, topic, json } of fresh) {
      seen.set(position as string, now);
      this.listener.event({ topic: topic as string, json: json as string });
    }
    for (const [position, at] of seen) if (at < now - REMEMBERED_MS) seen.delete(position);
    return fresh.length > 0;
  }
}

function parametersOf(row: NewRow, number: number): Record<string, Parameter> {
  return {
    [`queue_${number}`]: ["nvarchar", row.queue],
    [`priority_${number}`]: ["int", row.priority],
    [`order_key_${number}`]: ["varchar", row.orderKey],
    [`delay_ms_${number}`]: ["bigint", whole(row.delayMs)],
    [`expires_ms_${number}`]: ["bigint", whole(row.expiresMs)],
    [`head_${number}`]: ["nvarchar", row.head],
    [`body_${number}`]: ["varbinary", row.body],
    [`is_text_${number}`]: ["bit", row.isText],
  };
}

function whole(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms);
}

/** Names the lock of a queue's claims; a lock's name is shorter than a queue's may be. */
function resourceOf(queue: string): string {
  return `parley bus ${createHash("sha256").update(queue).digest("hex")}`;
}

function toClaimed({ position, priority, attempts, head, body, is_text }: Row): ClaimedRow {
  return {
    position: position as string,
    priority: priority as number,
    attempts: attempts as number,
    head: head as string,
    body: body as Uint8Array,
    isText: is_text as boolean,
  };
}
