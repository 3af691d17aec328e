/** Everything the page of one agent shows, as signals: how the agent is, and what the chosen view lists. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { CommandRecord } from "../../../shared/model/command.ts";
import type { Message } from "../../../shared/model/message.ts";
import type { TaskRecord } from "../../../shared/model/task.ts";
import { ask } from "../live/api.ts";
import { RosterWatch } from "../live/roster_watch.ts";
import type { Listed } from "../server/server_api.ts";
import { CommandLog } from "./command_log.ts";
import { type History, periodStart, readHistory, type Span } from "./history.ts";
import { PagedList } from "./paged_list.ts";
import { keepUnchanged } from "./standing_list.ts";
import { listPath, type View } from "./views.ts";

/** What the server's first paint knew; undefined where the server did not answer. */
export interface AgentFirst {
  id: string;
  view: View;
  span: Span;
  now: number;
  agent?: AgentInfo;
  /** What the view lists: commands, tasks or messages. */
  list?: Listed<Record<string, unknown>>;
  history?: History;
}

export type AgentAction = "pause" | "resume" | "deregister" | "reregister";

/** Changes that come at about the same time are read together, in milliseconds. */
const PAUSE_MS = 1_000;

/** Nothing happens until `open()`. */
export class AgentDesk {
  readonly roster: RosterWatch;
  /** The agent as it was last heard of; undefined while nothing is known. */
  readonly agent: ReadonlySignal<AgentInfo | undefined>;
  /** Whether the server has forgotten the agent since the page was opened. */
  readonly isForgotten: ReadonlySignal<boolean>;
  readonly history: Signal<History | undefined>;
  readonly commands: CommandLog | undefined;
  readonly tasks: PagedList<TaskRecord> | undefined;
  readonly messages: PagedList<Message> | undefined;
  #last: AgentInfo | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly first: AgentFirst) {
    const { id, view, list } = first;
    this.roster = new RosterWatch(first.agent && [first.agent]);
    const now = computed(() => this.roster.agents.value.find(({ agent_id }) => agent_id === id));
    this.agent = computed(() => {
      const { value } = now;
      if (value) [this.#last] = keepUnchanged(this.#last ? [this.#last] : [], [value]);
      return this.#last;
    });
    this.isForgotten = computed(() =>
      this.roster.link.value.state === "open" && this.roster.agents.value.length > 0 && !now.value
    );
    this.history = signal(first.history);
    if (view === "commands") this.commands = new CommandLog(id, list as Listed<CommandRecord> | undefined);
    if (view === "tasks") {
      this.tasks = new PagedList(list as Listed<TaskRecord> | undefined, listPath(view, id)!, idOfTask);
    }
    if (view === "messages") {
      this.messages = new PagedList(list as Listed<Message> | undefined, listPath(view, id)!, idOfMessage);
    }
  }

  /** Connects. Gives the function that ends it. */
  open(): () => void {
    const ends = [
      this.roster.open(() => this.#refreshSoon()),
      this.commands?.open() ?? (() => {}),
      // What the view lists changes with how the agent is.
      effect(() => void (this.agent.value && this.#refreshSoon())),
    ];
    return () => {
      for (const end of ends) end();
      clearTimeout(this.#timer);
    };
  }

  /** Pauses, resumes, takes off or lets back; the roster tells what came of it. */
  async control(action: AgentAction): Promise<void> {
    await ask(`/api/agents/${encodeURIComponent(this.first.id)}/${action}`, { method: "POST" });
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // Where the server is away, the roster says so, and this is done again when it is back.
      void this.#refresh().catch(() => {});
    }, PAUSE_MS);
  }

  async #refresh(): Promise<void> {
    const { id, span, view } = this.first;
    if (view === "overview") {
      this.history.value = await readHistory((path) => ask(path), id, periodStart(span, Date.now())) ??
        this.history.value;
    }
    await this.tasks?.refresh();
    await this.messages?.refresh();
  }
}

const idOfTask = ({ task_id }: TaskRecord) => task_id;
const idOfMessage = ({ message_id, message_type }: Message) => `${message_id} ${message_type}`;
