/** What the bus needs of a database, so that PostgreSQL and SQL Server differ in one small file each. */

/** A message as it is stored. `head` is its envelope but for the body, as JSON. */
export interface NewRow {
  queue: string;
  priority: number;
  /** What must stay in order, hashed; null when nothing must. */
  orderKey: string | null;
  /** Milliseconds from now, by the database's clock; null for at once. */
  delayMs: number | null;
  /** Milliseconds from now, by the database's clock; null for never. */
  expiresMs: number | null;
  head: string;
  body: Uint8Array;
  isText: boolean;
}

/** A message that was claimed. `position` is its identity; `attempts` counts this one, too. */
export interface ClaimedRow {
  position: string;
  priority: number;
  attempts: number;
  head: string;
  body: Uint8Array;
  isText: boolean;
}

/** Who asks for how many messages of which queue. */
export interface Claim {
  queue: string;
  /** Tells the readers of one process apart. */
  reader: number;
  limit: number;
}

export interface Claimed {
  rows: ClaimedRow[];
  /** Whether the queue still has messages that wait: beyond the limit, or behind a key that another reader has. */
  more: boolean;
}

/** What becomes of claimed messages, by their positions. */
export interface Settlement {
  /** Finished. */
  removed: string[];
  /** To be claimed again; the attempt counts. */
  returned: string[];
  /** To be claimed again as if they had never been claimed. */
  untouched: string[];
}

export interface Look {
  waiting: string[];
  /** Whether looking again soon is worth it. */
  isLively: boolean;
}

export interface QueueCount {
  queue: string;
  ready: number;
  inFlight: number;
}

/** An event on its way; `json` is what it says. */
export interface SqlEvent {
  topic: string;
  json: string;
}

/** What a wire tells of by itself. */
export interface WireListener {
  /** Something may have come to wait in `queue`. */
  wake(queue: string): void;
  event(event: SqlEvent): void;
  /** The wire is of no use any more. Called once. */
  lost(error: unknown): void;
}

/**
 * A set of connections to one database, with a lease of its own there. What it claims is its own while it lives and
 * `care` is called in time; later others get it. Every method throws what the driver throws.
 */
export interface SqlWire {
  /** Stores messages in their order, all or none; resolves once a crash cannot lose them. */
  publish(rows: readonly NewRow[]): Promise<void>;
  /** Claims what is next, by priority and then position. */
  claim(claim: Claim): Promise<Claimed>;
  settle(settlement: Settlement): Promise<void>;
  /** Renews the lease, drops what has expired and gives back what dead readers had. Throws once the lease is lost. */
  care(): Promise<void>;
  /** Makes messages claimable whose delay is over. Resolves with the milliseconds until the next one, if any waits. */
  bringDue(): Promise<number | undefined>;
  /** Looks for what nobody has told of: in which of `queues` something waits, and whether anything goes on. */
  look(queues: readonly string[]): Promise<Look>;
  emit(events: readonly SqlEvent[]): Promise<void>;
  /** Resolves once events come. */
  listen(): Promise<void>;
  count(queues: readonly string[]): Promise<QueueCount[]>;
  /** Gives up the lease and the connections in good order, in time. */
  close(): Promise<void>;
  /** Lets go of the connections at once. */
  break(): void;
}

/** What a new wire is told. */
export interface DialOptions {
  listener: WireListener;
  /** How long a claim outlives the last sign of life, in milliseconds. */
  leaseMs: number;
  /** The lease of the wire that was lost before: what it had is given back at once. */
  previous: string | undefined;
}

/** One kind of database. */
export interface SqlDialect {
  /** As people call it, such as `PostgreSQL`. */
  name: string;
  /** Where it is, without anything secret. */
  target: string;
  /** Milliseconds between two looks at what waits: the first, doubling up to the longest while nothing comes. */
  poll: { firstMs: number; longestMs: number };
  /** Rows that one statement stores. */
  mostRows: number;
  /** Connects, makes the tables that are missing, and takes a lease. */
  dial(options: DialOptions): Promise<{ wire: SqlWire; lease: string }>;
  /** Says what to do about an error. */
  judge(error: unknown): Fault;
  /** Says what keeps the database from being used, after its name: the end of a sentence without its full stop. */
  reasonOf(error: unknown): string;
}

/**
 * What an error of the database means: the connections are of no use (`lost`), the same may work in a moment
 * (`again`), the data cannot be stored (`data`), or it refuses for now (`refused`).
 */
export type Fault = "lost" | "again" | "data" | "refused";
