/** Commands of agents that other servers have, and what those servers have kept for agents that are here. */
import { type CommandRecord, OPEN_STATUSES } from "../../shared/model/command.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { CommandStore } from "../../shared/store/store.ts";
import { type Clock, every } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import { type Ledger, MOST_OPEN, tooMany } from "./ledger.ts";
import type { OpenCommand } from "./open_command.ts";
import type { Reach } from "./reach.ts";
import type { Sender } from "./sender.ts";
import type { Telling } from "./transition.ts";
import { type CommandWatchers, type Piece, printedFrame } from "./watchers.ts";

/** How often it is looked for commands that were kept, and left for nobody. */
const STRAYS_EVERY_MS = 60_000;

/** Other servers, as far as commands go. */
export interface CommandNeighbours {
  /** Leaves a command that is kept for the server that has its agent, which tells the agent `telling`. */
  leave(agentId: string, commandId: string, telling?: Telling): Promise<void>;
  /** Tells the others what has become of a command, or what it has printed, at most once. */
  tell(command: CommandRecord, piece?: Piece): void;
}

export interface ElsewhereOptions {
  store: CommandStore;
  server: Principal;
  roster: Pick<Roster, "isElsewhere">;
  clock: Clock;
  /** Absent where there can be no other server. */
  neighbours?: CommandNeighbours;
  ledger: Ledger;
  sender: Sender;
  reach: Reach;
  watchers: CommandWatchers;
  /** Tells that a command is new here, or has changed. */
  announce: (open: OpenCommand) => void;
  onFailure: (cause: unknown) => void;
}

/** Disposing looks for nothing any more. */
export class Elsewhere implements Disposable {
  readonly #options: ElsewhereOptions;
  readonly #strays: Disposable | undefined;

  constructor(options: ElsewhereOptions) {
    this.#options = options;
    this.#strays = options.neighbours && every(options.clock, STRAYS_EVERY_MS, () => {
      this.#findStrays().catch(options.onFailure);
    });
  }

  /** Keeps a command for an agent that another server has, and leaves it for that one. Throws as `Ledger.add`. */
  async add(record: CommandRecord): Promise<CommandRecord> {
    const { store, server, neighbours } = this.#options;
    const { agent_id, command_id } = record;
    if ((await store.inStatus(server, OPEN_STATUSES, agent_id)).length >= MOST_OPEN) throw tooMany(agent_id);
    await store.add(server, record);
    await neighbours?.leave(agent_id, command_id);
    return record;
  }

  /** Leaves what was decided on a command for the server that has its agent. */
  async leave({ record }: OpenCommand, telling: Telling | undefined): Promise<void> {
    this.#options.ledger.drop(record.agent_id);
    await this.#options.neighbours?.leave(record.agent_id, record.command_id, telling);
  }

  /** Goes on with a command of an agent that is here, as another server has kept it. Throws `unavailable`. */
  async learn(agentId: string, commandId: string, telling?: Telling): Promise<void> {
    const { store, server, roster, neighbours, ledger, reach, sender, announce } = this.#options;
    if (roster.isElsewhere(agentId)) return await neighbours?.leave(agentId, commandId, telling);
    await ledger.turn(commandId, async () => {
      const record = await store.get(server, commandId);
      if (!record) return;
      const open = ledger.take(record);
      announce(open);
      if (telling) reach.tell(open, telling);
      else await sender.sendKept(open);
    });
  }

  /** Tells watchers what another server says of a command. */
  async hear(command: CommandRecord, piece?: Piece): Promise<void> {
    const { store, server, watchers } = this.#options;
    if (!watchers.hasFor(command)) return;
    if (piece) return watchers.tell(command, () => printedFrame(command, piece));
    const kept = await store.get(server, command.command_id);
    if (kept) watchers.changed(kept);
  }

  [Symbol.dispose](): void {
    this.#strays?.[Symbol.dispose]();
  }

  /** Finds what another server kept for an agent that is here, and ended before it could leave it. */
  async #findStrays(): Promise<void> {
    const { store, server, roster, clock, ledger } = this.#options;
    const before = timestamp(clock.now() - STRAYS_EVERY_MS);
    for (const { agent_id, command_id, created_at } of await store.inStatus(server, ["waiting"])) {
      const isStray = created_at < before && !ledger.open(command_id) && !roster.isElsewhere(agent_id);
      if (isStray) await this.learn(agent_id, command_id);
    }
  }
}
