/** The commands that have not ended, in memory as the store has them; what happens to one is decided and kept in turn. */
import { ParleyError } from "../../shared/error.ts";
import { type CommandRecord, type CommandStatus, isEnded } from "../../shared/model/command.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { CommandStore } from "../../shared/store/store.ts";
import type { ErrorNotes } from "../figures/recent_errors.ts";
import type { Clock } from "../presence/clock.ts";
import { type OpenCommand, openCommand, printedBy } from "./open_command.ts";
import { type CommandEvent, decide, type Telling } from "./transition.ts";
import { Turns } from "../turns.ts";

/** Commands of one agent that have not ended. */
export const MOST_OPEN = 100;

export interface LedgerOptions {
  store: CommandStore;
  server: Principal;
  clock: Clock;
  /** Called with a command when it is new or has changed, once that is kept. */
  onKept: (open: OpenCommand) => void;
  /** Where it is said what went wrong, for people. */
  errors?: ErrorNotes | undefined;
}

/** How many commands there are now that have not ended, and how many have ended since the server started, by status. */
export interface CommandFigures {
  open: Partial<Record<CommandStatus, number>>;
  ended: Partial<Record<CommandStatus, number>>;
}

export class Ledger {
  readonly #open = new Map<string, OpenCommand>();
  readonly #turns = new Turns();
  /** How many commands of each agent are being kept for the first time. */
  readonly #coming = new Map<string, number>();
  readonly #ended: CommandFigures["ended"] = {};

  constructor(readonly options: LedgerOptions, records: CommandRecord[]) {
    for (const record of records) this.#open.set(record.command_id, openCommand(record));
  }

  /** Gives a command that has not ended. */
  open(commandId: string): OpenCommand | undefined {
    return this.#open.get(commandId);
  }

  /** Lists those of an agent, or all, that have not ended. */
  all(agentId?: string): OpenCommand[] {
    const all = [...this.#open.values()];
    return agentId === undefined ? all : all.filter(({ record }) => record.agent_id === agentId);
  }

  /** Takes in a command as it is kept, which another server had or has changed. */
  take(record: CommandRecord): OpenCommand {
    const open = this.#open.get(record.command_id) ?? openCommand(record);
    open.record = record;
    if (isEnded(record.status)) this.#open.delete(record.command_id);
    else this.#open.set(record.command_id, open);
    return open;
  }

  /** Lets go of what an agent has: another server has that agent now. Nothing of it is changed. */
  drop(agentId: string): void {
    for (const { record } of this.all(agentId)) this.#open.delete(record.command_id);
  }

  /** A command whose agent speaks after all has ended twice. */
  figures(): CommandFigures {
    const open: CommandFigures["open"] = {};
    for (const { record } of this.#open.values()) count(open, record.status);
    return { open, ended: { ...this.#ended } };
  }

  /** Runs `work` when all that was asked for the same command before has ended. */
  turn<T>(commandId: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(commandId, work);
  }

  /** Finds a command, ended or not. Throws `not_found`, also when it is not that agent's. */
  async find(commandId: string, agentId?: string): Promise<OpenCommand> {
    const open = this.#open.get(commandId) ?? await this.#load(commandId);
    if (open && (agentId === undefined || open.record.agent_id === agentId)) return open;
    throw unknown(commandId);
  }

  /** Keeps a new command, in its turn. Throws `conflict` for an id that is taken, and `rate_limited` when there are too many. */
  async add(record: CommandRecord): Promise<OpenCommand> {
    const { agent_id: agentId } = record;
    if (this.all(agentId).length + this.#comingTo(agentId) >= MOST_OPEN) throw tooMany(agentId);
    this.#coming.set(agentId, this.#comingTo(agentId) + 1);
    try {
      await this.options.store.add(this.options.server, record);
    } finally {
      this.#cameTo(agentId);
    }
    const open = { ...openCommand(record), isWritten: false };
    this.#open.set(record.command_id, open);
    this.options.onKept(open);
    return open;
  }

  /** Has `event` happen to a command, in its turn. Gives what its agent is to be told once that is kept. Throws what refuses it. */
  async happen(open: OpenCommand, event: CommandEvent): Promise<Telling | undefined> {
    const decision = decide(open.record, event, this.options.clock.now());
    if (decision.refusal) throw decision.refusal;
    const { change, tell } = decision;
    if (change) await this.#change(open, { ...(change.ended_at ? printedBy(open, event) : {}), ...change });
    return tell;
  }

  /** Resolves once all that was asked for has ended. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #change(open: OpenCommand, change: Partial<CommandRecord>): Promise<void> {
    const { store, server, onKept } = this.options;
    const { command_id, status } = open.record;
    const kept = await store.change(server, command_id, change, [status]);
    if (!kept) throw unknown(command_id);
    open.record = kept;
    if (isEnded(kept.status)) {
      count(this.#ended, kept.status);
      this.#noteFault(kept);
      this.#open.delete(command_id);
    } else this.#open.set(command_id, open);
    onKept(open);
  }

  #noteFault({ command_id: id, status, code, error_message, exit_code, agent_id }: CommandRecord): void {
    if (status !== "failed" && status !== "timed_out") return;
    const text = error_message || (exit_code === null ? "" : `It ended with exit code ${exit_code}.`);
    this.options.errors?.note({ what: "command", id, code, text, agents: [agent_id] });
  }

  async #load(commandId: string): Promise<OpenCommand | undefined> {
    const record = await this.options.store.get(this.options.server, commandId);
    return record && openCommand(record);
  }

  #comingTo(agentId: string): number {
    return this.#coming.get(agentId) ?? 0;
  }

  #cameTo(agentId: string): void {
    const left = this.#comingTo(agentId) - 1;
    if (left > 0) this.#coming.set(agentId, left);
    else this.#coming.delete(agentId);
  }
}

function count(figures: Partial<Record<CommandStatus, number>>, status: CommandStatus): void {
  figures[status] = (figures[status] ?? 0) + 1;
}

/** Says that an agent can be given no more commands now. */
export function tooMany(agentId: string): ParleyError {
  const way = "Wait until one has ended, or cancel one.";
  return new ParleyError(
    "rate_limited",
    `${MOST_OPEN} commands of the agent ${agentId} have not ended. ${way}`,
  );
}

export function unknown(commandId: string): ParleyError {
  return new ParleyError("not_found", `There is no command '${commandId}'.`);
}
