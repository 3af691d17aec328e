/** Who watches commands: told of every change, and of what is printed, as fast as each can read. */
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { pause } from "../../shared/pause.ts";

/** How long somebody who is behind is left alone between two commands, in milliseconds. */
const CATCH_UP_MS = 50;

/** A reader; `send` never blocks. */
export interface WatcherSink {
  send(frame: string): void;
  /** Whether so much waits to be sent that the reader does not keep up. */
  readonly isBehind: boolean;
  /** Resolves once it has caught up, or is over; then with false. */
  caughtUp(): Promise<boolean>;
}

/** Which commands are watched: one, those of an agent, or all that may be seen. */
export interface Watched {
  commandId?: string | undefined;
  agentId?: string | undefined;
}

export interface Piece {
  sequence: number;
  text: string;
  stream: "stdout" | "stderr";
}

interface Watcher {
  principal: Principal;
  watched: Watched;
  sink: WatcherSink;
  /** The ids of the commands that it was not told of yet, or missed something of; undefined while it keeps up. */
  missed: Set<string> | undefined;
  readonly ended: AbortController;
}

/**
 * Serialises each frame once, for however many watch. A watcher that does not keep up misses what is printed, and is
 * told how each command stands, its output included, once it has caught up.
 */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  /** `find` gives a command as it stands, for those who missed something of it. */
  constructor(private readonly find: (commandId: string) => Promise<CommandRecord | undefined>) {}

  /**
   * Tells `sink` how each of the commands `first` stands, as fast as it can read that, and from now on what happens to
   * what `principal` may see of `watched`. Dispose of the result to end that.
   */
  add(principal: Principal, watched: Watched, sink: WatcherSink, first: readonly string[] = []): Disposable {
    const missed = first.length > 0 ? new Set(first) : undefined;
    const watcher: Watcher = { principal, watched, sink, missed, ended: new AbortController() };
    this.#watchers.add(watcher);
    if (missed) void this.#catchUp(watcher, missed.size);
    return {
      [Symbol.dispose]: () => {
        this.#watchers.delete(watcher);
        watcher.ended.abort();
      },
    };
  }

  /** Tells whether somebody watches a command, so that nothing is made for nobody. */
  hasFor(command: CommandRecord): boolean {
    for (const watcher of this.#watchers) if (concerns(watcher, command)) return true;
    return false;
  }

  changed(command: CommandRecord): void {
    this.#tell(command, once(() => updateFrame(command)));
  }

  printed(command: CommandRecord, piece: Piece): void {
    const { command_id, agent_id } = command;
    this.#tell(
      command,
      once(() => JSON.stringify({ message_type: "COMMAND_OUTPUT", command_id, agent_id, ...piece })),
    );
  }

  #tell(command: CommandRecord, frame: () => string): void {
    for (const watcher of this.#watchers) {
      if (!concerns(watcher, command)) continue;
      if (watcher.missed || watcher.sink.isBehind) this.#note(watcher, command);
      else watcher.sink.send(frame());
    }
  }

  #note(watcher: Watcher, { command_id }: CommandRecord): void {
    const isNew = watcher.missed === undefined;
    (watcher.missed ??= new Set()).add(command_id);
    if (isNew) void this.#catchUp(watcher);
  }

  /** One command after the other, each when there is room for it, and not too often again: an output may be large. */
  async #catchUp(watcher: Watcher, firstShown = 0): Promise<void> {
    const { ended: { signal }, sink } = watcher;
    for (let shown = 1; !signal.aborted && watcher.missed && await sink.caughtUp(); shown++) {
      const [commandId] = watcher.missed;
      if (commandId === undefined) watcher.missed = undefined;
      else await this.#showAgain(watcher, commandId);
      if (watcher.missed && shown > firstShown) await pause(CATCH_UP_MS, signal);
    }
  }

  async #showAgain({ missed, sink, ended }: Watcher, commandId: string): Promise<void> {
    // What happens to it from here on is missed anew.
    missed?.delete(commandId);
    const command = await this.find(commandId).catch(() => undefined);
    if (command && !ended.signal.aborted) sink.send(updateFrame(command));
  }
}

/** Writes how a command stands. */
export function updateFrame(command: CommandRecord): string {
  return JSON.stringify({ message_type: "COMMAND_UPDATE", command });
}

/** Tells whether somebody may see a command: the rule of the store, for what is told without asking it. */
export function maySee({ kind, id }: Principal, command: CommandRecord): boolean {
  if (kind === "server") return true;
  if (kind === "person") return command.requested_by === id;
  return kind === "agent" && command.agent_id === id;
}

function concerns({ principal, watched }: Watcher, command: CommandRecord): boolean {
  if (watched.commandId !== undefined && watched.commandId !== command.command_id) return false;
  if (watched.agentId !== undefined && watched.agentId !== command.agent_id) return false;
  return maySee(principal, command);
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => made ??= make();
}
