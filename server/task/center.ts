/** The tasks of everybody: kept before anybody is told, given to who can do them, watched, and ended truthfully. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import { logTaskChange } from "../../shared/audit/task_log.ts";
import { ParleyError } from "../../shared/error.ts";
import { isPeerId } from "../../shared/model/id.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded, type NewTask, type TaskAttempt, type TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask, Page, PageOptions, TaskFilter, TaskStore } from "../../shared/store/store.ts";
import { isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import { type Clock, systemClock } from "../presence/clock.ts";
import type { ErrorNotes } from "../figures/recent_errors.ts";
import type { Roster } from "../roster.ts";
import type { TaskQueue } from "./agent_line.ts";
import { Answers, type OnAnswer } from "./answers.ts";
import { Assigning } from "./assigning.ts";
import { Children } from "./children.ts";
import { ForeignTasks } from "./foreign.ts";
import { Ledger, unknown } from "./ledger.ts";
import type { NeighboursOptions } from "./neighbours.ts";
import { listed, type ListedTask } from "./shown.ts";
import { type Submission, Submissions } from "./submissions.ts";
import { TaskAgents } from "./task_agents.ts";
import { type TakenTaskType, taskTypesOf } from "./task_types.ts";
import { UntilKept } from "./until_kept.ts";
import { waitingReason } from "./waiting_reason.ts";
import { createTaskWatchers, type TaskWatchers } from "./watching.ts";

export interface TaskCenterOptions {
  store: TaskStore;
  roster: Pick<Roster, "get" | "list" | "onChange" | "settled">;
  server: Principal;
  config: { AGENT_DEFAULT_TIMEOUT: number; AGENT_MAX_RETRIES: number };
  /** How agents without a stream are reached. */
  queue: TaskQueue;
  /** Tells who asked by a queue what came of a task. Resolves once that cannot be lost. */
  onAnswer: OnAnswer;
  /** How long to wait after so many attempts have failed, in milliseconds. */
  pauseMs: (failures: number) => number;
  clock?: Clock | undefined;
  /** Other servers on the same store, where there may be any. */
  neighbours?: Pick<NeighboursOptions, "roster" | "bus" | "patienceMs"> | undefined;
  /** Where files say what happened to tasks, if anywhere. */
  fileLog?: FileLogger | undefined;
  /** Where it is said what went wrong, for people. */
  errors?: ErrorNotes | undefined;
}

/** Figures for `/metrics`: how many wait for an agent, how many agents have, and how many ended since the start, by status. */
export interface TaskFigures {
  waiting: number;
  held: number;
  ended: Record<string, number>;
}

/** Disposing stops giving tasks and waits for what is being kept. */
export class TaskCenter implements AsyncDisposable {
  /** Tells what happens to tasks. */
  readonly watchers: TaskWatchers;
  /** Takes what agents say of their tasks. */
  readonly agents: TaskAgents;
  readonly #options: TaskCenterOptions;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #submissions: Submissions;
  readonly #assigning: Assigning;
  readonly #answers: Answers;
  readonly #children: Children;
  readonly #ended: TaskFigures["ended"] = {};
  #foreign: ForeignTasks | undefined;
  /** What is tried again in a moment, by what it is. */
  readonly #untilKept: UntilKept;

  /** Use `openTaskCenter`. */
  constructor(options: TaskCenterOptions) {
    const { store, server, roster, queue, onAnswer, pauseMs, config, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#untilKept = new UntilKept(clock);
    this.watchers = createTaskWatchers(async (taskId) => (await this.#ledger.find(taskId)).task);
    this.#ledger = new Ledger({
      store,
      server,
      clock,
      pauseMs,
      isShared: options.neighbours !== undefined,
      isHere: (agentId) => roster.get(agentId)?.isOnline === true,
      onKept: (before, after, where) => this.#onKept(before, after, where),
    });
    this.#submissions = new Submissions({ store, ledger: this.#ledger, clock, config });
    const happen = (taskId: string, event: TaskEvent) => this.#happenSoon(taskId, event);
    this.#assigning = new Assigning({
      ledger: this.#ledger,
      serverId: server.id,
      roster,
      queue,
      clock,
      happen,
    });
    this.agents = new TaskAgents({
      roster,
      clock,
      silenceMs: config.AGENT_DEFAULT_TIMEOUT * 1_000,
      assigning: this.#assigning,
      ledger: this.#ledger,
      untilKept: this.#untilKept,
      happen,
    });
    this.#answers = new Answers({ ledger: this.#ledger, clock, onAnswer });
    this.#children = new Children({ store, server, ledger: this.#ledger, untilKept: this.#untilKept });
  }

  /**
   * Takes over a task of the server before; only while opening. What another server has that may be there still is left
   * to it, and looked after should it be gone.
   */
  load(kept: KeptTask): void {
    const { server, neighbours } = this.#options;
    const isTaken = isHeld(kept.task) && neighbours === undefined;
    const known = isTaken ? { ...kept, serverId: server.id } : kept;
    this.#ledger.learn(known);
    this.#assigning.changed(undefined, known);
  }

  /** Begins to give tasks, once all are loaded. Who had some and is not back when the roster has settled has lost them. */
  begin(): void {
    const { store, server } = this.#options;
    void this.#untilKept.run(
      "answers",
      () => this.#answers.resume((after) => store.unanswered(server, after)),
    );
    this.#children.endOutliving();
    for (const { agent_id } of this.#options.roster.list()) this.#assigning.refresh(agent_id);
    this.#assigning.begin();
    this.#foreign = this.#watchOthers();
    void this.#options.roster.settled.then(() => this.agents.settled());
  }

  /**
   * Keeps tasks and gives them to who can do them; each is answered by itself, in order. Throws `unavailable` where none
   * was kept. `answerTo`: the agent that is told in its queue what came of them (`answerAddress`). `sees`: as whom parents
   * are looked for, where that is not `principal`.
   */
  async submit(
    principal: Principal,
    asked: readonly NewTask[],
    { answerTo = null, sees = principal }: { answerTo?: string | null; sees?: Principal } = {},
  ): Promise<Submission[]> {
    const submissions = await this.#submissions.add(principal, asked, { answerTo, sees });
    for (const { kept, isNew } of submissions) {
      if (kept && isNew) this.#begin(kept);
      // It may have been kept though whoever asked was told that it was not: then nobody knows yet that it waits.
      else if (kept?.task.status === "pending") this.#assigning.changed(undefined, kept);
    }
    return submissions;
  }

  /** Finds a task that `principal` may see. Throws `not_found`. */
  async get(principal: Principal, taskId: string): Promise<TaskRecord> {
    const [kept] = isPeerId(taskId, "task") ? await this.#options.store.find(principal, [taskId]) : [];
    if (!kept) throw unknown(taskId);
    return kept.task;
  }

  /** Lists the attempts at a task, whoever asks; undefined: there is no such task. Throws `unavailable`. */
  async attemptsAt(taskId: string): Promise<readonly TaskAttempt[] | undefined> {
    const { neighbours, server } = this.#options;
    try {
      // Another server may have given it to somebody whose answer is here first.
      const task = neighbours ? await this.get(server, taskId) : (await this.#ledger.find(taskId)).task;
      return task.attempts;
    } catch (thrown) {
      if (ParleyError.from(thrown).code === "not_found") return undefined;
      throw thrown;
    }
  }

  /** Lists tasks that `principal` may see, newest first, without what is very long. */
  async list(principal: Principal, page: PageOptions & TaskFilter): Promise<Page<ListedTask>> {
    const { items, next_cursor } = await this.#options.store.list(principal, page);
    return { items: items.map((task) => listed(task)), next_cursor };
  }

  /** Lists the ids of the subtasks of a task that `principal` may see, the newest 100; none without a parent. */
  async subtaskIds(principal: Principal, parentId: string): Promise<string[]> {
    if (!parentId) return [];
    return (await this.#options.store.ids(principal, { parentId, limit: 100 })).items;
  }

  /** Lists the types of tasks that the agents of `roster` say they take; another server's, too. */
  taskTypes(roster: Pick<Roster, "get" | "list">): TakenTaskType[] {
    return taskTypesOf(
      roster.list().flatMap(({ agent_id }) => {
        const agent = roster.get(agent_id);
        return agent ? [{ agent, stream: this.#assigning.typesOf(agent_id) }] : [];
      }),
    );
  }

  /** Says why nobody has a task yet, for people; null where somebody has, had, or is just being given it. */
  waitingReason(task: TaskRecord): string | null {
    const { roster } = this.#options;
    return waitingReason(task, {
      nowMs: this.#clock.now(),
      isAnybodyAble: (wanted) => this.#assigning.workers.hasAble(wanted),
      isAboutToBegin: (taskId, wanted) =>
        !this.#assigning.waits(taskId) || this.#assigning.workers.hasFree(wanted),
      known: () => roster.list(),
    });
  }

  /** Ends a task and the subtasks of it that have not ended; its agent is told to stop. Throws `not_found` and `conflict`. */
  async cancel(taskId: string, by: string): Promise<TaskRecord> {
    const { task } = await this.#ledger.happen(taskId, { kind: "cancelled", by });
    return task;
  }

  /** Has a task tried again that failed, timed out or was cancelled. Throws `not_found` and `conflict`. */
  async retry(taskId: string): Promise<TaskRecord> {
    return (await this.#ledger.happen(taskId, { kind: "retried" })).task;
  }

  figures(): TaskFigures {
    const { waiting, held } = this.#assigning.figures();
    return { waiting, held, ended: { ...this.#ended } };
  }

  /** Drops tasks that ended and were created before a time. */
  prune(before: string): Promise<void> {
    return this.#options.store.prune(this.#options.server, before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.agents[Symbol.dispose]();
    this.#answers[Symbol.dispose]();
    this.#untilKept[Symbol.dispose]();
    this.#assigning[Symbol.dispose]();
    await this.#foreign?.[Symbol.asyncDispose]();
    await this.#ledger.idle();
  }

  #begin(kept: KeptTask): void {
    this.#assigning.changed(undefined, kept);
    this.#foreign?.changed(kept.task.task_id);
    this.#tell(kept.task);
  }

  #onKept(before: KeptTask | undefined, after: KeptTask, where: "here" | "elsewhere"): void {
    const { task } = after;
    this.#assigning.changed(before, after);
    if (where === "elsewhere") return this.#seen(after);
    this.#foreign?.changed(task.task_id);
    if (isTaskEnded(task.status) && !(before && isTaskEnded(before.task.status))) {
      this.#ended[task.status] = (this.#ended[task.status] ?? 0) + 1;
      this.#noteFault(task);
      if (after.answerTo !== null) this.#answers.add(after);
      // Nobody is left whom they are for; another attempt asks for its own.
      if (task.status !== "completed") this.#children.endWith(task);
    }
    this.#tell(task);
  }

  #noteFault({ task_id: id, status, code, error: text, agent_id }: TaskRecord): void {
    if (status !== "failed" && status !== "timed_out") return;
    this.#options.errors?.note({ what: "task", id, code, text, agents: [agent_id] });
  }

  /** Takes note of what another server has done; word of a task that an agent has here is a sign of life of that one. */
  #seen({ task, serverId }: KeptTask): void {
    if (isHeld(task) && serverId === this.#options.server.id) this.agents.heard(task.agent_id ?? "");
    this.#show(task);
  }

  #tell(task: TaskRecord): void {
    logTaskChange(this.#options.fileLog, task);
    this.#show(task);
  }

  #show(task: TaskRecord): void {
    if (this.watchers.hasFor(task)) this.watchers.changed(task);
  }

  #watchOthers(): ForeignTasks | undefined {
    const { neighbours, store, server } = this.#options;
    if (!neighbours) return undefined;
    return new ForeignTasks({
      ...neighbours,
      store,
      server,
      clock: this.#clock,
      ledger: this.#ledger,
      known: () => this.#assigning.known(),
      concernsUs: ({ task }) =>
        task.status === "pending" || this.#assigning.has(task.task_id) || this.watchers.hasFor(task),
      happen: (taskId, event) => this.#happenSoon(taskId, event),
    });
  }

  /** Has something happen for which nobody waits. */
  #happenSoon(taskId: string, event: TaskEvent): void {
    const what = `${taskId} ${event.kind} ${"attempt" in event ? event.attempt : ""}`;
    void this.#untilKept.run(what, async () => {
      await this.#ledger.happen(taskId, event);
    });
  }
}
