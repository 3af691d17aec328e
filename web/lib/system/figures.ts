/** What the server says of itself, as the page takes it: figures, queues, brokers and health. */

/** The counts of an interval of five seconds that ended at `at`, and how it was then. */
export interface Point {
  at: string;
  accepted: number;
  delivered: number;
  dead_letters: number;
  errors: number;
  tasks_ended: number;
  commands_ended: number;
  round_trip_p50_ms: number | null;
  round_trip_p95_ms: number | null;
  agents_online: number;
  tasks_waiting: number;
  tasks_held: number;
  messages_waiting: number;
  memory_bytes: number;
  /** Null where the bus did not answer. */
  queues: Readonly<Record<string, number>> | null;
}

export interface Series {
  interval_ms: number;
  points: readonly Point[];
}

export interface Stats {
  server_id: string;
  version?: string;
  started_at?: string;
  uptime_s: number;
  backends?: { bus: string; store: string };
  messages: { accepted: number; delivered: number; dead_letters: number };
  sockets: Readonly<Record<string, number>>;
  agents: { known: number; online: number };
}

export interface Queue {
  queue: string;
  ready: number;
  in_flight: number;
  consumers: number;
}

export interface Broker {
  broker_id: string;
  broker_name: string;
  is_online: boolean;
  last_seen: string;
  status: string;
  connection_type: string;
  registered_at: string;
  version?: string;
  hostname?: string;
}

/** Which parts fail, and why; `limits` are what messages go on without. */
export interface Health {
  status: string;
  faults: Readonly<Record<string, string>>;
  limits?: Readonly<Record<string, string>>;
}

/** All of it, read in one go; undefined where the server did not answer. */
export interface Reading {
  now: number;
  stats?: Stats;
  series?: Series;
  queues?: readonly Queue[];
  brokers?: readonly Broker[];
  health?: Health;
}
