/** What the server counts, and how `/metrics` shows it. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { QueueStats } from "../shared/bus/bus.ts";
import type { ErrorCode } from "../shared/error.ts";
import type { CommandFigures } from "./command/ledger.ts";
import { RoundTrips } from "./figures/round_trips.ts";
import type { TaskFigures } from "./task/center.ts";

/** Counts of the message path; they rise from the start of the process on. */
export interface DeliveryFigures {
  accepted: number;
  routed: number;
  delivered: number;
  waiting: number;
  deadLetters: number;
  errors: Map<ErrorCode | "other", number>;
  /** Notes how long a reply took, in milliseconds, from the acceptance of what it answers. */
  observeRoundTrip(ms: number): void;
}

/** Starts counting. */
export function createDeliveryFigures(observeRoundTrip: (ms: number) => void = () => {}): DeliveryFigures {
  return {
    accepted: 0,
    routed: 0,
    delivered: 0,
    waiting: 0,
    deadLetters: 0,
    errors: new Map(),
    observeRoundTrip,
  };
}

/** Counts one error. */
export function countError(figures: DeliveryFigures, code: ErrorCode | "other"): void {
  figures.errors.set(code, (figures.errors.get(code) ?? 0) + 1);
}

/** What `/metrics` reads at the moment it is asked. */
export interface Sources {
  sockets: () => Record<string, number>;
  agents: () => { known: number; online: number };
  brokersOnline: () => number;
  queues: () => Promise<QueueStats[]>;
  commands: () => CommandFigures;
  tasks: () => TaskFigures;
}

/** Everything that is counted, in a registry of its own. */
export class Metrics {
  readonly delivery: DeliveryFigures;
  /** How long replies took, until somebody takes note of it. */
  readonly roundTrips: RoundTrips = new RoundTrips();
  readonly #registry = new Registry();

  constructor() {
    const roundTrip = new Histogram({
      name: "parley_round_trip_seconds",
      help: "From accepting a message to showing its reply.",
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [this.#registry],
    });
    this.delivery = createDeliveryFigures((ms) => {
      roundTrip.observe(ms / 1000);
      this.roundTrips.add(ms);
    });
    this.#countMessages();
    this.#measureProcess();
  }

  /** Adds what is measured when somebody asks. */
  measure(sources: Sources): void {
    this.#gauge("parley_sockets", "Open sockets by who is on them.", ["kind"], (gauge) => {
      for (const [kind, count] of Object.entries(sources.sockets())) gauge.set({ kind }, count);
    });
    this.#gauge("parley_agents", "Agents on the roster.", ["state"], (gauge) => {
      const { known, online } = sources.agents();
      gauge.set({ state: "online" }, online);
      gauge.set({ state: "offline" }, known - online);
    });
    this.#gauge("parley_brokers_online", "Brokers that are connected.", [], (gauge) => {
      gauge.set(sources.brokersOnline());
    });
    this.#gauge("parley_commands", "Commands that have not ended.", ["status"], (gauge) => {
      for (const [status, count] of Object.entries(sources.commands().open)) gauge.set({ status }, count);
    });
    this.#counter("parley_commands_total", "Commands by how they ended.", ["status"], (counter) => {
      for (const [status, count] of Object.entries(sources.commands().ended)) counter.inc({ status }, count);
    });
    this.#gauge("parley_tasks", "Tasks that wait for an agent, and that agents have.", ["state"], (gauge) => {
      const { waiting, held } = sources.tasks();
      gauge.set({ state: "waiting" }, waiting);
      gauge.set({ state: "held" }, held);
    });
    this.#counter("parley_tasks_total", "Tasks by how they ended.", ["status"], (counter) => {
      for (const [status, count] of Object.entries(sources.tasks().ended)) counter.inc({ status }, count);
    });
    this.#gauge("parley_queue_messages", "Messages in queues.", ["queue", "state"], async (gauge) => {
      for (const { queue, ready, inFlight } of await sources.queues()) {
        gauge.set({ queue, state: "ready" }, ready);
        gauge.set({ queue, state: "in_flight" }, inFlight);
      }
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Writes everything in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #countMessages(): void {
    const { delivery } = this;
    this.#counter("parley_messages_total", "Messages by what became of them.", ["outcome"], (counter) => {
      const { accepted, routed, delivered, waiting, deadLetters: dead_letter } = delivery;
      for (const [outcome, count] of Object.entries({ accepted, routed, delivered, waiting, dead_letter })) {
        counter.inc({ outcome }, count);
      }
    });
    this.#counter("parley_errors_total", "Errors told to senders.", ["code"], (counter) => {
      for (const [code, count] of delivery.errors) counter.inc({ code }, count);
    });
  }

  #measureProcess(): void {
    this.#gauge("process_resident_memory_bytes", "Resident memory.", [], (gauge) => {
      gauge.set(Deno.memoryUsage().rss);
    });
  }

  #gauge(
    name: string,
    help: string,
    labelNames: string[],
    read: (gauge: Gauge) => void | Promise<void>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect(this: Gauge) {
        this.reset();
        return read(this);
      },
    });
  }

  #counter(name: string, help: string, labelNames: string[], read: (counter: Counter) => void): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect(this: Counter) {
        this.reset();
        read(this);
      },
    });
  }
}
