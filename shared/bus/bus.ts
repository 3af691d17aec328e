/** The bus: queues between processes, behind one port with several backends. */
import type { ErrorCode } from "../error.ts";

/** What travels. The body is opaque to the bus; `key` names what must stay in order (the conversation). */
export interface Envelope {
  id: string;
  body: string | Uint8Array;
  headers: Record<string, string>;
  /** 1 (critical) to 5 (background); 3 when absent. Backends without the trait `priorities` ignore it. */
  priority?: 1 | 2 | 3 | 4 | 5;
  key?: string;
}

/**
 * How a delivery ended: finished, to be tried again, given up (then it goes to the dead letters), or given back at once,
 * which counts as no attempt.
 */
export type Verdict =
  | { kind: "ack" }
  | { kind: "retry"; delayMs?: number }
  | { kind: "return" }
  | { kind: "reject"; code: ErrorCode; reason: string };

/** A message handed to a reader. `attempt` counts from 1. */
export interface Delivery {
  queue: string;
  envelope: Envelope;
  attempt: number;
}

/**
 * Works on one delivery. Returning nothing acknowledges it; a throw is judged by `retryable(code)`. The signal
 * aborts when the subscription is disposed of and its grace is over, or when the connection was lost.
 */
export type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<Verdict | void>;

/** What a backend promises beyond the port. */
export interface BusTraits {
  /** What was published outlives the process that keeps the queues. */
  durable: boolean;
  priorities: boolean;
  /** An attempt whose reader died is counted. */
  countsCrashes: boolean;
  /**
   * Carries out the verdicts `retry` and `reject`. Backends alone do not: to them everything but `ack` means "give
   * it back". `withRetry` adds it, except for the hub, where the server does it.
   */
  retries: boolean;
}

export interface PublishOptions {
  /** Milliseconds before the message can be delivered. */
  delayMs?: number;
  /** Milliseconds after which an undelivered message is dropped. */
  expiresMs?: number;
}

export interface ConsumeOptions {
  /** How many deliveries may be unsettled at once; 1–10,000, default 64. */
  prefetch?: number;
  /**
   * Whether `handler` may get a message before that is stored, on backends that win time by it: for one whose work
   * can stand being done for a message that its publisher has to send again. What `publish` promises stays the same.
   * Default false.
   */
  mayBeUnstored?: boolean;
  /** How long disposing waits for deliveries in flight, in milliseconds; default 10,000. */
  graceMs?: number;
  /** Ends the subscription at once when it aborts: deliveries in flight are given back without grace. */
  signal?: AbortSignal;
}

/** Tells a process how its bus's connection is; `detail` is for the log and for `/readyz`. */
export type OnStateChange = (state: "connected" | "connecting", detail: string) => void;

export interface PullOptions {
  /** At most this many deliveries; 1–1000. */
  limit: number;
  /** How long to wait for the first one, in milliseconds; default 0. */
  blockMs?: number;
  signal?: AbortSignal;
}

/** A delivery for who asks rather than listens. Unsettled, it goes back when its lease ends or the bus is closed. */
export interface PulledDelivery extends Delivery {
  settle(verdict: Verdict): Promise<void>;
}

/** Figures of one queue: waiting, handed out and unsettled, and its readers here. */
export interface QueueStats {
  queue: string;
  ready: number;
  inFlight: number;
  consumers: number;
}

/** One reader's place on a queue. Disposing stops new deliveries and waits for what is in flight. */
export interface Subscription extends AsyncDisposable {
  /** Resolves when the subscription is over, by disposal or because the bus was closed. */
  readonly closed: Promise<void>;
}

/**
 * Carries messages from writers to readers, at least once: a reader may see a message again after a crash or a
 * lost connection, never not at all once `publish` has resolved.
 */
export interface MessageBus extends AsyncDisposable {
  readonly traits: BusTraits;

  /**
   * Publishes to `queue`, which comes into being when first used. Resolves once the backend has stored it, so a
   * crash after that cannot lose it. Throws `unavailable` when it was not accepted in time; sending again may then
   * deliver it twice. Throws `too_large` when the backend cannot carry it.
   */
  publish(queue: string, envelope: Envelope, options?: PublishOptions): Promise<void>;

  /** Delivers from `queue` to `handler`, sharing with other readers. Resolves once receiving. Comes back by itself after a lost connection. */
  consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription>;

  /**
   * Takes up to `limit` deliveries. Gives fewer than there are where a backend likes: only none says that nothing came
   * within `blockMs`. Throws `unavailable` when the queue was lost meanwhile.
   */
  pull(queue: string, options: PullOptions): Promise<PulledDelivery[]>;

  /** Tells every present subscriber of `topic`, at most once. `event` must survive JSON. */
  emit(topic: string, event: unknown): Promise<void>;

  /** Hands every later event of `topic` to `handler`. Resolves once receiving. */
  subscribe(topic: string, handler: (event: unknown) => void): Promise<Subscription>;

  /** Lists the queues this process knows. */
  stats(): Promise<QueueStats[]>;
}
