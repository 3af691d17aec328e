/** The commands of all agents: kept before they are sent, sent once, watched while they run, and ended truthfully. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { type CommandRecord, isEnded, type NewCommand, OPEN_STATUSES } from "../../shared/model/command.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { CommandStore, Page, PageOptions } from "../../shared/store/store.ts";
import { type Clock, systemClock } from "../presence/clock.ts";
import type { ErrorNotes } from "../figures/recent_errors.ts";
import type { Roster } from "../roster.ts";
import type { AgentLine } from "./agent_line.ts";
import { Deadlines } from "./deadlines.ts";
import { type CommandNeighbours, Elsewhere } from "./elsewhere.ts";
import { type CommandFigures, Ledger, unknown } from "./ledger.ts";
import { LiveOutput, type Piece } from "./live_output.ts";
import { Moves } from "./moves.ts";
import { newRecord } from "./new_command.ts";
import { listed, type OpenCommand, shown } from "./open_command.ts";
import { type CommandNews, eventOf, outcomeOf, type RawResult, unfitness } from "./outcome.ts";
import { Sender } from "./sender.ts";
import { Stragglers } from "./stragglers.ts";
import type { CommandEvent } from "./transition.ts";
import { Reach } from "./reach.ts";
import { Returns } from "./returns.ts";
import { type CommandWatchers, createCommandWatchers, maySee, printedFrame } from "./watchers.ts";

const log = logOf("server", "command");

export interface CommandCenterOptions {
  store: CommandStore;
  roster: Pick<Roster, "get" | "list" | "onChange" | "isElsewhere">;
  server: Principal;
  config: { AGENT_DEFAULT_TIMEOUT: number; AGENT_INACTIVITY_TIMEOUT: number };
  /** How agents are reached; the first that is open is used. */
  lines: () => readonly (AgentLine | undefined)[];
  clock?: Clock;
  /** The servers that have the agents which this one has not. */
  neighbours?: CommandNeighbours;
  /** Where it is said what went wrong, for people. */
  errors?: ErrorNotes | undefined;
  /** Bytes of the output of all commands that run; left out: `MOST_LIVE_BYTES`. */
  mostLiveBytes?: number;
}

/** Opens the center with the commands that had not ended when the server did. Throws `unavailable` without the store. */
export async function openCommandCenter(options: CommandCenterOptions): Promise<CommandCenter> {
  const { store, server, roster } = options;
  const agentIds = roster.list().map(({ agent_id }) => agent_id);
  // One read gives no more than 1,000: the oldest, those of forgotten agents among them; then each agent's own.
  const reads = [undefined, ...agentIds].map((agentId) => store.inStatus(server, OPEN_STATUSES, agentId));
  const records = (await Promise.all(reads)).flat();
  const own = records.filter(({ agent_id }) => !roster.isElsewhere(agent_id));
  const all = new Map(own.map((record) => [record.command_id, record]));
  return new CommandCenter(options, [...all.values()]);
}

/**
 * A command is kept before it is sent and never sent again, so it runs at most once, also when the server is killed
 * between any two steps; where that leaves open whether it ran, the command ends saying so. Disposing waits for what is
 * being kept.
 */
export class CommandCenter implements AsyncDisposable {
  /** Tells what happens to commands, and what they print. */
  readonly watchers: CommandWatchers;
  readonly #options: CommandCenterOptions;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #deadlines: Deadlines;
  readonly #stragglers: Stragglers;
  readonly #reach: Reach;
  readonly #sender: Sender;
  readonly #output: LiveOutput;
  readonly #returns: Returns;
  readonly #listening: Disposable;
  readonly #moves: Moves;
  readonly #elsewhere: Elsewhere;
  #isClosed = false;

  /** Use `openCommandCenter`. */
  constructor(options: CommandCenterOptions, records: CommandRecord[]) {
    const { store, server, config, roster, lines, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.watchers = createCommandWatchers(async (commandId) =>
      this.#live(commandId) ?? await this.get(server, commandId)
    );
    const { errors } = options;
    const onKept = (open: OpenCommand) => this.#announce(open);
    this.#ledger = new Ledger({ store, server, clock, onKept, errors }, records);
    this.#reach = new Reach({ roster, clock, lines });
    this.#sender = new Sender({ ledger: this.#ledger, reach: this.#reach, clock });
    this.#returns = new Returns({
      isOpen: (commandId) => this.isOpen(commandId),
      goOn: (agentId, commandId) => this.#happenTo(agentId, commandId, { kind: "agent_has" }),
      onFailure: (cause) => this.#failed(cause),
    });
    this.#output = new LiveOutput(() => this.#ledger.all(), options.mostLiveBytes);
    this.#stragglers = new Stragglers(clock);
    this.#deadlines = new Deadlines({
      clock,
      all: (agentId) => this.#ledger.all(agentId),
      isThere: (agentId) => this.#reach.isThere(agentId),
      inactivityMs: config.AGENT_INACTIVITY_TIMEOUT * 1000,
      end: ({ record }, kind) => this.#happenSoon(record.command_id, { kind }),
    });
    this.#elsewhere = new Elsewhere({
      ...options,
      clock,
      ledger: this.#ledger,
      sender: this.#sender,
      reach: this.#reach,
      watchers: this.watchers,
      announce: (open) => this.#announce(open),
      onFailure: (cause) => this.#failed(cause),
    });
    this.#moves = new Moves({
      isElsewhere: (agentId) => roster.isElsewhere(agentId),
      dropped: (agentId) => this.#ledger.drop(agentId),
      adopt: (agentId) => this.#adopt(agentId),
    });
    for (const { agent_id } of roster.list()) this.#moves.look(agent_id);
    this.#listening = roster.onChange((agents) => {
      for (const { agent_id } of agents) {
        this.#moves.look(agent_id)?.catch((cause) => this.#failed(cause));
        this.#deadlines.notePresence(agent_id);
      }
    });
    for (const open of this.#ledger.all()) this.#goOn(open);
  }

  /**
   * Keeps a command and sends it, or keeps it until its agent is there. Resolves once it is kept. Throws what
   * `newRecord` throws, `not_found`, `agent_offline`, `conflict` for an id that is taken, and `rate_limited` while 100 of
   * the agent's have not ended.
   */
  async create(
    principal: Principal,
    agentId: string,
    asked: NewCommand & { command_id?: string | undefined },
  ): Promise<CommandRecord> {
    const nowMs = this.#clock.now();
    const defaultTimeoutS = this.#options.config.AGENT_DEFAULT_TIMEOUT;
    const record = newRecord(asked, { agentId, requestedBy: principal.id, defaultTimeoutS, nowMs });
    const agent = this.#options.roster.get(agentId);
    if (!agent) throw new ParleyError("not_found", `There is no agent '${agentId}'.`);
    const isElsewhere = this.#options.roster.isElsewhere(agentId);
    const isThere = isElsewhere && agent.isOnline;
    if (asked.if_offline === "error" && !isThere) await this.#reach.require(agentId);
    const { command_id: commandId } = record;
    log.info("{who} commands {agentId}: {commandId}", { who: principal.id, agentId, commandId });
    if (isElsewhere) return await this.#elsewhere.add(record);
    return await this.#ledger.turn(commandId, () => this.#sender.add(record));
  }

  /** Finds a command that `principal` may see, as it stands now. Throws `not_found`. */
  async get(principal: Principal, commandId: string): Promise<CommandRecord> {
    const kept = await this.#options.store.get(principal, commandId);
    if (!kept) throw unknown(commandId);
    return this.#now(kept);
  }

  /** The commands of agents that other servers have, and what those have kept for agents that are here. */
  get elsewhere(): Pick<Elsewhere, "learn" | "hear"> {
    return this.#elsewhere;
  }

  /** Tells whether a command has not ended. */
  isOpen(commandId: string): boolean {
    return this.#ledger.open(commandId) !== undefined;
  }

  /** Lists commands that `principal` may see, newest first, with the ends of what they printed. */
  async list(
    principal: Principal,
    page: PageOptions & { agentId?: string | undefined },
  ): Promise<Page<CommandRecord>> {
    const { items, next_cursor } = await this.#options.store.list(principal, page);
    return { items: items.map((kept) => listed(this.#now(kept))), next_cursor };
  }

  /**
   * Lists the ids of the commands of an agent, or all, that `principal` may see and that have not ended; those that other
   * servers have, too. Throws `unavailable`.
   */
  async openIds(principal: Principal, agentId?: string): Promise<string[]> {
    const { store, neighbours } = this.#options;
    const kept = neighbours ? await store.inStatus(principal, OPEN_STATUSES, agentId) : [];
    const here = this.#ledger.all(agentId).map(({ record }) => record);
    const seen = here.filter((record) => maySee(principal, record));
    return [...new Set([...seen, ...kept].map(({ command_id }) => command_id))];
  }

  figures(): CommandFigures {
    return this.#ledger.figures();
  }

  /** Ends a command that waits, or has its agent end it, now or when it is there. Throws `not_found` and `conflict`. */
  cancel(commandId: string, by: string): Promise<CommandRecord> {
    return this.#happen(commandId, { kind: "cancel_asked", by });
  }

  /**
   * Lets a command run that waits for a person, if `digest` names what waits. Throws `not_found`, `conflict`,
   * `invalid_message` without a digest, and `agent_offline` when its agent cannot be told now.
   */
  async approve(command: CommandRecord, by: string, digest?: string): Promise<CommandRecord> {
    const { command_id: commandId, agent_id: agentId } = command;
    const isThere = this.#options.roster.isElsewhere(agentId) && this.#options.roster.get(agentId)?.isOnline;
    if (command.status === "awaiting_approval" && !isThere) await this.#reach.require(agentId);
    log.info("{by} approves {commandId}", { by, commandId });
    return await this.#happen(commandId, { kind: "approved", digest });
  }

  /** Ends a command that waits for a person. Throws `not_found` and `conflict`. */
  deny({ command_id: commandId }: CommandRecord, by: string, digest?: string): Promise<CommandRecord> {
    log.info("{by} denies {commandId}", { by, commandId });
    return this.#happen(commandId, { kind: "denied", digest, by });
  }

  /**
   * Notes that an agent can be reached: what waits for it is sent. With `known`, the ids of the commands that it has,
   * any other that it was sent is over, and one of these that was taken for lost goes on, unless its time is over too.
   */
  opened(agentId: string, known?: readonly string[]): void {
    const coming = this.#moves.look(agentId);
    if (!coming) return this.#opened(agentId, known);
    coming.then(() => this.#opened(agentId, known), (cause) => this.#failed(cause));
  }

  #opened(agentId: string, known?: readonly string[]): void {
    this.#reach.opened(agentId);
    this.#deadlines.notePresence(agentId);
    for (const open of this.#ledger.all(agentId)) {
      const isForgotten = known && open.isWritten && !known.includes(open.record.command_id);
      if (isForgotten) this.#happenSoon(open.record.command_id, { kind: "agent_forgot" });
      else if (open.record.cancel_asked_at) this.#reach.tell(open, { cancel: true });
    }
    if (known && !this.#isClosed) this.#returns.take(agentId, known);
    this.#sender.sendWaiting(agentId).catch((cause) => this.#failed(cause));
  }

  /** Notes that an agent's stream or socket is over. */
  closed(agentId: string): void {
    this.#deadlines.notePresence(agentId);
  }

  /**
   * Takes what an agent says of a command of its own before the result; what comes too late changes nothing. Throws
   * `invalid_message`; where what is to be approved is too long to be shown whole, the command has failed, too.
   */
  report(agentId: string, commandId: string, news: CommandNews): void {
    const open = this.#ledger.open(commandId);
    if (!open) {
      return this.#returns.afterwards(commandId, () => this.report(agentId, commandId, news));
    }
    if (open?.record.agent_id !== agentId || !open.isWritten) return;
    if (news.kind === "output") return this.#printed(open, news);
    const sentence = unfitness(news);
    this.#happenSoon(commandId, sentence ? { kind: "approval_unfit", sentence } : eventOf(news));
    if (sentence) throw new ParleyError("invalid_message", `Field 'description': ${sentence}`);
  }

  /**
   * Ends a command as its agent says. Resolves once that is kept. Throws `invalid_message`, `not_found` for a command
   * that this agent was never sent, and `conflict` for a second result.
   */
  async result(agentId: string, commandId: string, raw: RawResult): Promise<void> {
    await this.#stragglers.untilCame(this.#ledger.open(commandId), raw.output_pieces);
    await this.#ledger.turn(commandId, async () => {
      const open = await this.#ledger.find(commandId, agentId);
      await this.#ledger.happen(open, { kind: "result", outcome: outcomeOf(raw, shown(open)) });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listening[Symbol.dispose]();
    this.#elsewhere[Symbol.dispose]();
    this.#deadlines[Symbol.dispose]();
    this.#sender[Symbol.dispose]();
    this.#reach[Symbol.dispose]();
    await this.#ledger.idle();
  }

  /** Takes over what an agent has that another server had; as after a restart of this one. */
  async #adopt(agentId: string): Promise<void> {
    const { store, server } = this.#options;
    for (const record of await store.inStatus(server, OPEN_STATUSES, agentId)) {
      if (!this.isOpen(record.command_id)) this.#goOn(this.#ledger.take(record));
    }
  }

  /** Goes on with a command of the server before: what it was to send at once it did not send. */
  #goOn(open: OpenCommand): void {
    this.#deadlines.watch(open);
    this.#deadlines.notePresence(open.record.agent_id);
    if (!open.isWritten) this.#happenSoon(open.record.command_id, { kind: "server_came_back" });
  }

  /** Gives a command that was kept so as it stands now: with what it printed so far. */
  #now(kept: CommandRecord): CommandRecord {
    return this.#live(kept.command_id) ?? kept;
  }

  #live(commandId: string): CommandRecord | undefined {
    const open = this.#ledger.open(commandId);
    return open && shown(open);
  }

  #happen(commandId: string, event: CommandEvent): Promise<CommandRecord> {
    return this.#happenTo(undefined, commandId, event);
  }

  /** Has it happen only to a command of that agent. */
  async #happenTo(
    agentId: string | undefined,
    commandId: string,
    event: CommandEvent,
  ): Promise<CommandRecord> {
    return await this.#ledger.turn(commandId, async () => {
      const open = await this.#ledger.find(commandId, agentId);
      const telling = await this.#ledger.happen(open, event);
      if (this.#options.roster.isElsewhere(open.record.agent_id)) await this.#elsewhere.leave(open, telling);
      else if (telling) this.#reach.tell(open, telling);
      return shown(open);
    });
  }

  /** Nobody waits for it; what is refused by then has happened otherwise. */
  #happenSoon(commandId: string, event: CommandEvent): void {
    if (!this.#isClosed) this.#happen(commandId, event).catch((cause) => this.#failed(cause));
  }

  #failed(cause: unknown): void {
    const { code } = ParleyError.from(cause);
    if (code === "conflict" || code === "not_found") return;
    log.warning("What happened to a command is not kept: {cause}", { cause });
  }

  #announce(open: OpenCommand): void {
    if (!isEnded(open.record.status)) this.#deadlines.watch(open);
    if (this.watchers.hasFor(open.record)) this.watchers.changed(shown(open));
    this.#options.neighbours?.tell(open.record);
  }

  #printed(open: OpenCommand, piece: Piece): void {
    const { sequence, text, stream } = piece;
    if (this.#output.append(open, piece)) {
      const shownPiece = { sequence, text, stream };
      this.watchers.tell(open.record, () => printedFrame(open.record, shownPiece));
      this.#options.neighbours?.tell(open.record, shownPiece);
    }
    this.#stragglers.came(open);
  }
}
