/** A process of agents that come and go, each with a name that counts how often, so that everybody can tell what is newer. */
import type { ClientReadableStream } from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, dialCredentials, peerMetadata, unary } from "../../shared/grpc/channel.ts";
import {
  type AgentRegistrationResponse,
  AgentRegistrationServiceClient,
  type Command,
} from "../../shared/grpc/gen/agent_registration.ts";
import { pause } from "../../shared/pause.ts";
import { answerLines } from "./line_process.ts";

/** Milliseconds from one coming to the next: twice a second. */
const FLAP_MS = 500;

/** How an agent ended, and what its history must hold. */
export interface Truth {
  id: string;
  name: string;
  isOnline: boolean;
  /** How often it came, and how often it went. */
  came: number;
  went: number;
}

/** One agent, on a connection of its own. */
class Flapper {
  readonly #client: AgentRegistrationServiceClient;
  #sessionKey = "";
  #stream: ClientReadableStream<Command> | undefined;
  #came = 0;
  #went = 0;

  constructor(server: string, readonly id: string) {
    this.#client = new AgentRegistrationServiceClient(server, dialCredentials(), CHANNEL_OPTIONS);
  }

  /** Comes and goes until `untilMs`, by `performance.now()`; stays in the end if `staysOnline`. */
  async flap(untilMs: number, staysOnline: boolean): Promise<Truth> {
    await pause(Math.random() * FLAP_MS);
    for (let next = performance.now(); next < untilMs; next = Math.max(next + FLAP_MS, performance.now())) {
      await this.#come();
      await until(next + FLAP_MS / 2);
      await this.#go();
      await until(next + FLAP_MS);
    }
    if (staysOnline) await this.#come();
    const { id, name } = this;
    return { id, name, isOnline: staysOnline, came: this.#came, went: this.#went };
  }

  get name(): string {
    return `${this.id} #${this.#came}`;
  }

  /** Registers anew and holds the command stream, as agents do that come back. */
  async #come(): Promise<void> {
    this.#came++;
    const { sessionKey } = await unary<AgentRegistrationResponse>(
      (metadata, options, done) => this.#client.registerAgent(this.#registration(), metadata, options, done),
    );
    this.#sessionKey = sessionKey;
    const stream = this.#client.receiveCommands(
      { agentId: this.id, tellsCommands: false, commandIds: [] },
      peerMetadata({ id: this.id, sessionKey }),
    );
    this.#stream = stream;
    stream.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      stream.once("metadata", () => resolve());
      stream.once("error", reject);
    });
  }

  #registration() {
    const { id: agentId, name: agentName } = this;
    const rest = {
      version: "",
      hostname: "",
      platform: "",
      agentRole: "tester",
      maxConcurrentTasks: 1,
      opensStream: true,
    };
    return { agentId, agentName, sessionKey: this.#sessionKey, capabilities: { bench: "true" }, ...rest };
  }

  async #go(): Promise<void> {
    this.#went++;
    const over = new Promise<void>((resolve) => this.#stream!.once("status", () => resolve()));
    this.#stream!.cancel();
    await over;
  }
}

/** Waits for a time by `performance.now()`. */
function until(timeMs: number): Promise<void> {
  return pause(Math.max(0, timeMs - performance.now()));
}

await answerLines({
  /** Has `count` agents flap for so many seconds; gives the truth about each. Every other one stays in the end. */
  flap({ server, count, seconds }: { server: string; count: number; seconds: number }): Promise<Truth[]> {
    const untilMs = performance.now() + seconds * 1_000;
    const flappers = Array.from({ length: count }, (_, at) => new Flapper(server, `flap-${at}`));
    return Promise.all(flappers.map((flapper, at) => flapper.flap(untilMs, at % 2 === 0)));
  },
});
