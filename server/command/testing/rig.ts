/** A command center over a real store in memory, with a clock that stands still and an agent that is played by the test. */
import type { CommandRecord, NewCommand } from "../../../shared/model/command.ts";
import { newCommandSchema } from "../../../shared/model/command.ts";
import { type Principal, serverPrincipal } from "../../../shared/model/principal.ts";
import { openStore } from "../../../shared/store/open.ts";
import type { CommandStore, Store } from "../../../shared/store/store.ts";
import { FakeClock } from "../../presence/fake_clock.ts";
import type { Agent, Roster } from "../../roster.ts";
import type { AgentLine, CommandToAgent } from "../agent_line.ts";
import { type CommandCenter, openCommandCenter } from "../center.ts";
import type { CommandNeighbours } from "../elsewhere.ts";
import { NEEDED } from "./record.ts";

export const ADA: Principal = { kind: "person", id: "web_ada", tenantId: "default" };
export const EVE: Principal = { ...ADA, id: "web_eve" };
export const SERVER = serverPrincipal("server_test");
const CONFIG = { AGENT_DEFAULT_TIMEOUT: 300, AGENT_INACTIVITY_TIMEOUT: 15 };

/** The line to agents: what was written is kept. */
export class TestLine implements AgentLine {
  noticesSilence = true;
  readonly open = new Set<string>();
  readonly written: CommandToAgent[] = [];
  /** Called before each write; one that throws lets nothing be written. */
  onWrite: () => void = () => {};

  isOpen(agentId: string): boolean {
    return this.open.has(agentId);
  }

  write(agentId: string, command: CommandToAgent): boolean {
    if (!this.open.has(agentId)) return false;
    this.onWrite();
    this.written.push(command);
    return true;
  }

  /** How often a command was sent to be run. */
  runs(commandId: string): number {
    return this.written.filter((each) =>
      each.commandId === commandId && each.content !== "" && each.approvedDigest === ""
    ).length;
  }
}

/** Knows the agents `agent_1` and `agent_2`. */
export class Rig implements AsyncDisposable {
  readonly online = new Set<string>();
  /** Whom another server has. */
  readonly elsewhere = new Set<string>();
  /** Who has registered and is about to open its line. */
  readonly opening = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #owned = new AsyncDisposableStack();

  private constructor(readonly store: Store, readonly clock: FakeClock, readonly line: TestLine) {}

  center!: CommandCenter;

  static async open(
    {
      store,
      clock = new FakeClock(),
      line = new TestLine(),
      commands,
      mostLiveBytes,
      elsewhere = [],
      neighbours,
    }: {
      store?: Store;
      elsewhere?: string[];
      neighbours?: CommandNeighbours;
      clock?: FakeClock;
      line?: TestLine;
      commands?: (store: CommandStore) => CommandStore;
      mostLiveBytes?: number;
    } = {},
  ): Promise<Rig> {
    await using resources = new AsyncDisposableStack();
    const opened = store ?? resources.use(await openStore("sqlite::memory:"));
    const rig = new Rig(opened, clock, line);
    for (const agentId of elsewhere) rig.elsewhere.add(agentId);
    rig.center = resources.use(
      await openCommandCenter({
        store: commands?.(opened.commands) ?? opened.commands,
        roster: rig.#roster(),
        server: SERVER,
        config: CONFIG,
        lines: () => [undefined, line],
        clock,
        ...(neighbours && { neighbours }),
        ...(mostLiveBytes === undefined ? {} : { mostLiveBytes }),
      }),
    );
    rig.#owned = resources.move();
    return rig;
  }

  /** Has an agent open its line; `known`: the commands that it says it has. */
  arrive(given?: string, known?: string[]): void {
    const agentId = given ?? "agent_1";
    this.online.add(agentId);
    this.line.open.add(agentId);
    this.center.opened(agentId, known);
  }

  /** Has an agent go; the roster tells of it. */
  leave(agentId = "agent_1"): void {
    this.online.delete(agentId);
    this.line.open.delete(agentId);
    this.center.closed(agentId);
    for (const tell of this.#listeners) tell();
  }

  /** Has an agent be another server's, or no longer; the roster tells of it. */
  move(agentId: string, where: "elsewhere" | "here"): void {
    if (where === "here") this.elsewhere.delete(agentId);
    else this.elsewhere.add(agentId);
    for (const tell of this.#listeners) tell();
  }

  ask(asked: Partial<NewCommand> & { command_id?: string } = {}, who = ADA, agentId = "agent_1") {
    return this.center.create(who, agentId, newCommandSchema.parse({ content: "df -h", ...asked }));
  }

  /** Asks for a command that its agent has approved first; resolves with it once it waits for a person. */
  async askApproval(asked: Partial<NewCommand> = {}, who = ADA): Promise<CommandRecord> {
    const { command_id } = await this.ask(asked, who);
    this.center.report("agent_1", command_id, NEEDED);
    return await this.status(command_id, "awaiting_approval");
  }

  /** Waits until a command is as `fits` says. */
  async until(commandId: string, fits: (command: CommandRecord) => boolean): Promise<CommandRecord> {
    const found = Promise.withResolvers<void>();
    const send = (frame: string) => {
      if (fits(JSON.parse(frame).command)) found.resolve();
    };
    const sink = { send, isBehind: false, caughtUp: () => Promise.resolve(true) };
    using _watching = this.center.watchers.add(SERVER, { commandId }, sink);
    const now = await this.center.get(SERVER, commandId);
    if (!fits(now)) await found.promise;
    return await this.center.get(SERVER, commandId);
  }

  status(commandId: string, status: CommandRecord["status"]): Promise<CommandRecord> {
    return this.until(commandId, (command) => command.status === status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  #agent(id: string): Agent {
    return { id, isOnline: this.online.has(id), opensCommands: this.opening.has(id) } as Agent;
  }

  #roster(): Pick<Roster, "get" | "list" | "onChange" | "isElsewhere"> {
    const known = ["agent_1", "agent_2"];
    return {
      isElsewhere: (id) => this.elsewhere.has(id),
      get: (id) => known.includes(id) ? this.#agent(id) : undefined,
      list: () => known.map((agent_id) => ({ agent_id })) as ReturnType<Roster["list"]>,
      onChange: (listener) => {
        const tell = () => listener(known.map((agent_id) => ({ agent_id })) as ReturnType<Roster["list"]>);
        this.#listeners.add(tell);
        return { [Symbol.dispose]: () => void this.#listeners.delete(tell) };
      },
    };
  }
}
