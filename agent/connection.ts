/** An agent's connection to the server: registered, present by its command stream, and back by itself. */
import type { Metadata } from "@grpc/grpc-js";
import { ParleyError } from "../shared/error.ts";
import {
  CHANNEL_OPTIONS,
  dialCredentials,
  peerMetadata,
  type SharedChannel,
  unary,
} from "../shared/grpc/channel.ts";
import {
  type AgentRegistrationResponse,
  AgentRegistrationServiceClient,
  type AgentUnregistrationResponse,
  type Command,
  type HeartbeatResponse,
} from "../shared/grpc/gen/agent_registration.ts";
import { fromServiceError } from "../shared/grpc/status.ts";
import { logOf } from "../shared/log.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type Identity, nextTry, type Profile, refusal, registrationOf } from "./registration.ts";

const log = logOf("agent", "connection");

/** A command stream that stood this long was no failure. */
const STEADY_MS = 5_000;

/** How long the server may take to hear that the agent ends, in milliseconds. */
const UNREGISTER_MS = 1_000;

/** After so many milliseconds somebody is told: what starts together needs a moment to find each other. */
const WORTH_TELLING_MS = 4_000;

/** What a heartbeat says: one of the protocol's status words, and figures by name. */
export interface Health {
  status: string;
  metrics: Record<string, string>;
}

export interface ConnectionOptions {
  /** `host:port` of the server's gRPC. */
  server: string;
  profile: Profile;
  /** Seconds between heartbeats until the server says otherwise. */
  heartbeatIntervalS: number;
  health: () => Health;
  /** Takes one command and returns at once; its result goes by `ServerCalls.sendResult()`. */
  onCommand: (command: Command) => void;
  /** Called each time before the command stream is opened: what the server said by the one before may be over. */
  onOpening: () => void;
  /** The ids of the commands that have no taken result yet, as the server is told when the stream opens. */
  commandIds: () => string[];
}

/** Registers, and stays registered; what else is asked of the server goes by the same channel (`ServerCalls`). */
export class Connection {
  readonly #agents: AgentRegistrationServiceClient;
  readonly #heartbeat: Heartbeat;
  readonly #leaving = new AbortController();
  #profile: Profile;
  #identity: Identity | undefined;
  #dropCommands: () => void = () => {};
  #over: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ConnectionOptions) {
    const { server, profile, heartbeatIntervalS: intervalS } = options;
    this.#profile = profile;
    this.#agents = new AgentRegistrationServiceClient(server, dialCredentials(), CHANNEL_OPTIONS);
    const onUnknown = () => this.#dropCommands();
    this.#heartbeat = new Heartbeat({ send: () => this.#beat(), onUnknown, intervalS });
  }

  /** The channel that every call goes by; it is closed with this. */
  get channel(): SharedChannel {
    return this.#agents.getChannel();
  }

  /** Tells whether the agent was registered once; it has its id from then on. */
  get isRegistered(): boolean {
    return this.#identity !== undefined;
  }

  /** Gives who the agent is. Throws `not_registered` before the first registration. */
  get identity(): Identity {
    if (!this.#identity) throw new ParleyError("not_registered", "The agent is not registered yet.");
    return this.#identity;
  }

  /** Adds to what the agent presents itself with; call before `register()`. */
  present(more: Partial<Profile>): void {
    this.#profile = { ...this.#profile, ...more };
  }

  /**
   * Registers, waiting for a server that is away as long as it takes. Throws when the server refuses, with a sentence
   * that names what to change. `stay()` next.
   */
  async register(): Promise<Identity> {
    let reason: ParleyError | undefined;
    const telling = setTimeout(() => this.#sayWaiting(reason), WORTH_TELLING_MS);
    try {
      return this.#identity = await this.#keepTrying((error) => reason = error);
    } finally {
      clearTimeout(telling);
    }
  }

  async #keepTrying(onFailure: (error: ParleyError) => void): Promise<Identity> {
    const signal = this.#leaving.signal;
    for (let failures = 1;; failures++) {
      try {
        return await this.#tryToRegister(failures);
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        if (signal.aborted) throw new ParleyError("cancelled", "The agent was stopped.", { cause: error });
        const next = nextTry(error.code, failures, this.#profile);
        if (next === "never") throw refusal(error, this.#profile, this.options.server);
        if (next === "anonymously") this.#profile = { ...this.#profile, preferredId: undefined };
        onFailure(error);
        await pause(reconnectPauseMs(failures), signal);
      }
    }
  }

  /** Holds the command stream open, beats, and registers again whenever either is lost. Throws when that is refused. */
  async stay(): Promise<void> {
    const beating = this.#heartbeat.run(this.#leaving.signal);
    try {
      await (this.#over = this.#holdOn());
    } finally {
      this.#leaving.abort();
      await beating;
    }
  }

  /** Has the server told soon how the agent is now. */
  change(): void {
    this.#heartbeat.change();
  }

  /** Takes the agent offline at once, while calls still work, so that what is in flight can be finished. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#over.catch(() => {});
  }

  /** Says that the agent will not be back, once nothing is in flight; the server may be away, or have it off already. */
  async unregister(): Promise<void> {
    if (!this.#identity) return;
    const { id: agentId } = this.#identity;
    await unary<AgentUnregistrationResponse>(
      (metadata, options, done) => this.#agents.unregisterAgent({ agentId }, metadata, options, done),
      { metadata: this.#metadata(), timeoutMs: UNREGISTER_MS },
    ).catch((error) => log.debug("The agent could not unregister: {error}", { error }));
  }

  close(): void {
    this.#leaving.abort();
    this.#agents.close();
  }

  #metadata(): Metadata {
    return peerMetadata(this.identity);
  }

  async #tryToRegister(failures: number): Promise<Identity> {
    const request = registrationOf(this.#profile, this.#identity);
    const metadata = peerMetadata({ id: request.agentId, sessionKey: request.sessionKey });
    // The first try fails at once, so that the log can say so; later ones go out the moment the server is there.
    metadata.setOptions({ waitForReady: failures > 1 });
    const response = await unary<AgentRegistrationResponse>(
      (metadata, options, done) => this.#agents.registerAgent(request, metadata, options, done),
      { metadata, signal: this.#leaving.signal },
    );
    const identity = { id: response.serverAssignedId || request.agentId, sessionKey: response.sessionKey };
    const { name } = this.#profile;
    log.info("{name} is registered at {server} as {id}", {
      name,
      server: this.options.server,
      id: identity.id,
    });
    return identity;
  }

  #sayWaiting(error: ParleyError | undefined): void {
    const { server } = this.options;
    if (error?.code === "conflict") log.info("The id is in use; waiting a moment for it to be free");
    else if (error?.code === "forbidden") {
      log.warning("{reason} Trying again until then.", { reason: error.message });
    } else log.warning("The server at {server} does not answer; trying again until it does", { server });
  }

  async #holdOn(): Promise<void> {
    const signal = this.#leaving.signal;
    for (let breaks = 1;; breaks++) {
      const heldMs = await this.#holdCommands();
      if (signal.aborted) return;
      if (heldMs > STEADY_MS) breaks = 1;
      await pause(reconnectPauseMs(breaks), signal);
      if (signal.aborted) return;
      await this.register();
      this.#heartbeat.change();
    }
  }

  /** Resolves when the stream is over, however it ended, with how long it was held. */
  #holdCommands(): Promise<number> {
    const openedAtMs = Date.now();
    const signal = this.#leaving.signal;
    return new Promise((resolve) => {
      this.options.onOpening();
      const request = {
        agentId: this.identity.id,
        commandIds: this.options.commandIds(),
        tellsCommands: true,
      };
      const stream = this.#agents.receiveCommands(request, this.#metadata());
      const cancel = () => stream.cancel();
      const over = () => {
        signal.removeEventListener("abort", cancel);
        resolve(Date.now() - openedAtMs);
      };
      stream.on("data", (command: Command) => this.options.onCommand(command));
      stream.on("error", (error) => {
        if (!signal.aborted) {
          log.info("The server is lost: {reason}", { reason: fromServiceError(error).message });
        }
        over();
      });
      stream.on("end", over);
      this.#dropCommands = cancel;
      if (signal.aborted) cancel();
      else signal.addEventListener("abort", cancel, { once: true });
    });
  }

  async #beat(): Promise<number> {
    const request = { agentId: this.identity.id, ...this.options.health() };
    const { interval } = await unary<HeartbeatResponse>(
      (metadata, options, done) => this.#agents.sendHeartbeat(request, metadata, options, done),
      { metadata: this.#metadata(), signal: this.#leaving.signal, timeoutMs: 5_000 },
    );
    return interval;
  }
}
