/** `agent_status.AgentStatusService`: how brokers learn who is there, first everything, then what changes. */
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import type {
  AgentStatusRequest,
  AgentStatusResponse,
  AgentStatusServiceServer,
} from "../../shared/grpc/gen/agent_status.ts";
import { logOf } from "../../shared/log.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import { claimed } from "../authorize.ts";
import type { Clock } from "../presence/clock.ts";
import { type Edge, sessionKeyOf } from "./edge.ts";
import { framesOf, framesOfChange, fullUpdate } from "./status_updates.ts";

const log = logOf("server", "grpc", "status");

type StatusCall = ServerWritableStream<AgentStatusRequest, AgentStatusResponse>;

export interface StatusServiceOptions {
  clock: Clock;
  /** Milliseconds between full updates; they are spread, since each subscriber counts from when it came. */
  periodicMs: number;
}

export function createStatusService(edge: Edge, options: StatusServiceOptions): AgentStatusServiceServer {
  return {
    getAgentStatus: edge.answer(({ brokerId }: AgentStatusRequest) => {
      edge.authorize(claimed("broker", brokerId), "read_roster", "*");
      return fullUpdate(edge.roster.list());
    }),
    subscribeToAgentStatus: (call: StatusCall) => {
      const begin = () => {
        edge.authorize(claimed("broker", call.request.brokerId), "read_roster", "*");
        const presence = brokerPresence(edge, call);
        call.sendMetadata(new Metadata());
        const subscriber = new Subscriber(edge, call, options);
        return { [Symbol.dispose]: () => [subscriber, presence].forEach((held) => held?.[Symbol.dispose]()) };
      };
      edge.holdWritten(call, { kind: "status", begin });
    },
  };
}

/** Counts the stream as the broker's presence; a reader that never registered, or is here twice, is told the roster all the same. */
function brokerPresence(edge: Edge, call: StatusCall): Disposable | undefined {
  const { brokerId } = call.request;
  const key = sessionKeyOf(call.metadata);
  if (key) edge.roster.authenticate(brokerId, key);
  try {
    const connection = edge.roster.brokers.open(brokerId, "status", key);
    connection.ended.addEventListener("abort", () => edge.end(call, connection.ended.reason));
    return connection;
  } catch (cause) {
    log.debug("The reader {brokerId} of the roster does not count as a broker: {cause}", { brokerId, cause });
  }
}

/** One reader. The first update waits until the roster has settled, since a broker begins its work with it. While it does not keep up, changes are merged: it gets the newest state of each agent, never a backlog. */
class Subscriber implements Disposable {
  readonly #waiting = new Map<string, AgentInfo>();
  readonly #listening: Disposable;
  #wantsFull = true;
  #isSettled = false;
  #isOver = false;
  #isBlocked = false;
  #periodic: Disposable;

  constructor(readonly edge: Edge, readonly call: StatusCall, readonly options: StatusServiceOptions) {
    call.on("drain", () => this.#drained());
    this.#listening = edge.roster.onChange((changed) => this.#changed(changed));
    this.#periodic = this.#scheduleFull();
    void edge.roster.settled.then(() => this.#settled());
  }

  #settled(): void {
    this.#isSettled = true;
    this.#send();
  }

  #changed(changed: AgentInfo[]): void {
    if (this.#mayWrite && !this.#wantsFull && this.#waiting.size === 0) {
      return this.#write(framesOfChange(changed));
    }
    for (const info of changed) this.#waiting.set(info.agent_id, info);
    this.#send();
  }

  get #mayWrite(): boolean {
    return this.#isSettled && !this.#isOver && !this.#isBlocked;
  }

  #drained(): void {
    this.#isBlocked = false;
    this.#send();
  }

  #scheduleFull(): Disposable {
    return this.options.clock.after(this.options.periodicMs, () => {
      this.#wantsFull = true;
      this.#periodic = this.#scheduleFull();
      this.#send();
    });
  }

  #send(): void {
    if (!this.#mayWrite || (!this.#wantsFull && this.#waiting.size === 0)) return;
    const isFull = this.#wantsFull;
    const missed = [...this.#waiting.values()];
    this.#wantsFull = false;
    this.#waiting.clear();
    this.#write(isFull ? framesOf(fullUpdate(this.edge.roster.list())) : framesOfChange(missed));
  }

  /** All frames of an update at once: after the first of a full one, a reader misses who is in the rest. */
  #write(frames: Iterable<AgentStatusResponse>): void {
    for (const frame of frames) this.#isBlocked = !this.call.write(frame);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#listening[Symbol.dispose]();
    this.#periodic[Symbol.dispose]();
  }
}
