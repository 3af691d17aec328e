/** Giving tasks to agents: whenever somebody can take one that waits, it is assigned, kept, and only then given. */
import { setImmediate } from "node:timers";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import { Alarm } from "../presence/alarm.ts";
import type { Clock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { HeldTask, TaskQueue, TaskStream } from "./agent_line.ts";
import { dueOf, isAssignable, Timetable } from "./due.ts";
import { Holdings } from "./holdings.ts";
import type { Ledger } from "./ledger.ts";
import { type Match, Scheduler } from "./scheduler.ts";
import { type TakenType, Workers } from "./workers.ts";

/** So many are picked in one turn of the event loop, and so many looked at of which something is due. */
const MOST_AT_ONCE = 200;
/** How long to wait where the store refused to keep an assignment, in milliseconds. */
const STORE_PAUSE_MS = 1_000;
/** While something is due some day it is looked at so often at least, in milliseconds: the clock may be set, and a machine sleep. */
const LOOK_MS = 60_000;

const log = logOf("server", "task");

export interface AssigningOptions {
  ledger: Pick<Ledger, "at" | "fetch" | "find" | "happen" | "recheck">;
  roster: Pick<Roster, "get">;
  serverId: string;
  queue: TaskQueue;
  clock: Clock;
  /** Has something happen to a task soon. */
  happen: (taskId: string, event: TaskEvent) => void;
}

/** Disposing stops its clocks; nothing is assigned any more. */
export class Assigning implements Disposable {
  readonly holdings = new Holdings();
  readonly workers: Workers;
  readonly #options: AssigningOptions;
  readonly #scheduler: Scheduler;
  readonly #timetable = new Timetable();
  readonly #alarm: Alarm;
  readonly #streams = new Map<string, TaskStream>();
  readonly #pauses = new Set<Disposable>();
  /** Who has begun; nothing is assigned before, nor afterwards. */
  #isRunning = false;
  #isPassDue = false;

  constructor(options: AssigningOptions) {
    const { roster, clock } = options;
    this.#options = options;
    this.workers = new Workers({
      find: (agentId) => roster.get(agentId),
      streamOf: (agentId) => this.typesOf(agentId),
    });
    this.#scheduler = new Scheduler(this.workers, clock.now());
    this.#alarm = new Alarm(clock, () => this.#ring());
  }

  /** Gives what an agent says that it takes on the stream it has open; undefined without one. */
  typesOf(agentId: string): readonly TakenType[] | undefined {
    return this.#streams.get(agentId)?.types;
  }

  figures(): { waiting: number; held: number } {
    return { waiting: this.#scheduler.size, held: this.holdings.size };
  }

  begin(): void {
    this.#isRunning = true;
    this.#passSoon();
  }

  /** Looks again whether and what an agent can be given. */
  refresh(agentId: string): void {
    this.workers.refresh(agentId);
    this.#passSoon();
  }

  /** Notes that an agent can be given tasks on a stream, in place of the one before; gives what it has. */
  opened(agentId: string, stream: TaskStream): ReadonlyMap<string, number> {
    this.#streams.set(agentId, stream);
    this.refresh(agentId);
    return this.holdings.of(agentId);
  }

  closed(agentId: string, stream: TaskStream): void {
    if (this.#streams.get(agentId) !== stream) return;
    this.#streams.delete(agentId);
    this.refresh(agentId);
  }

  /**
   * Puts what an agent was assigned by the server before into its queue again: that may have ended before it did. Who
   * reads a stream tells there what it has.
   */
  giveAgain(agentId: string): void {
    if (this.#streams.has(agentId) || !this.workers.readsQueue(agentId)) return;
    for (const taskId of this.holdings.of(agentId).keys()) {
      const task = this.#options.ledger.at(taskId)?.task;
      if (task?.status === "assigned") this.#giveByQueue(task);
    }
  }

  /** Does what follows from a change of a task that is kept; `before` undefined: it is new here. */
  changed(before: KeptTask | undefined, { task, serverId }: KeptTask): void {
    const { task_id: taskId, agent_id: agentId } = task;
    const isHere = isHeld(task) && serverId === this.#options.serverId;
    const isElsewhere = !isHere || before?.task.agent_id !== agentId;
    if (before && isHeld(before.task) && isElsewhere) this.#released(before.task, task);
    if (isHere && agentId !== null) this.#took(agentId, task);
    if (task.status === "pending") this.#await(task);
    else this.#scheduler.remove(taskId);
    // What another server's agent has is that one's to look after, but for its deadline.
    this.#timetable.set(task);
    this.#alarmAt(this.#timetable.nextAtMs);
    if (isHere && task.status === "assigned" && before && before.task.attempt !== task.attempt) {
      this.#give(task);
    }
  }

  /** Tells whether a task waits here for an agent, and is not just being assigned. */
  waits(taskId: string): boolean {
    return this.#scheduler.has(taskId);
  }

  /** Tells whether a task waits here or is held here. */
  has(taskId: string): boolean {
    return this.#scheduler.has(taskId) ||
      this.holdings.agentIds.some((agentId) => this.holdings.of(agentId).has(taskId));
  }

  /** Lists the tasks that wait here or are held here. */
  *known(): Generator<string> {
    yield* this.#scheduler.taskIds();
    for (const agentId of this.holdings.agentIds) yield* this.holdings.of(agentId).keys();
  }

  [Symbol.dispose](): void {
    this.#isRunning = false;
    this.#alarm[Symbol.dispose]();
    for (const pause of this.#pauses) pause[Symbol.dispose]();
  }

  #await(task: TaskRecord): void {
    const { clock } = this.#options;
    if (!isAssignable(task, clock.now()) || this.#scheduler.has(task.task_id)) return;
    this.#scheduler.add(task, clock.ticks());
    this.#alarm.within(this.#scheduler.age(clock.ticks()) - clock.ticks());
    this.#passSoon();
  }

  #took(agentId: string, { task_id: taskId, task_type: taskType, attempt }: TaskRecord): void {
    if (!this.holdings.of(agentId).has(taskId)) this.workers.took(agentId, taskType);
    this.holdings.add(agentId, taskId, attempt);
  }

  #released(before: TaskRecord, task: TaskRecord): void {
    const agentId = before.agent_id ?? "";
    const { task_id: taskId, task_type: taskType } = task;
    if (!this.holdings.remove(agentId, taskId)) return;
    this.workers.released(agentId, taskType);
    this.#passSoon();
    const { attempt } = before;
    const outcome = task.attempts.find((each) => each.attempt === attempt)?.outcome;
    if (outcome !== "completed" && outcome !== "failed") this.#stop(agentId, { taskId, attempt });
  }

  #stop(agentId: string, held: HeldTask): void {
    const stream = this.#streams.get(agentId);
    if (stream) stream.stop(held);
    else this.#options.queue.stop(agentId, held);
  }

  #give(task: TaskRecord): void {
    const agentId = task.agent_id ?? "";
    const stream = this.#streams.get(agentId);
    if (stream) return stream.give(task);
    const why = this.#options.roster.get(agentId)?.isOnline !== true
      ? "went offline."
      : this.workers.readsQueue(agentId)
      ? undefined
      : "has just closed its stream of tasks.";
    if (why === undefined) return this.#giveByQueue(task);
    const reason = `The agent ${agentId} ${why}`;
    this.#options.happen(task.task_id, { kind: "agent_lost", reason, attempt: task.attempt });
  }

  #giveByQueue(task: TaskRecord): void {
    const { task_id: taskId, agent_id: agentId, attempt } = task;
    this.#options.queue.give(task, () => this.holdings.of(agentId ?? "").get(taskId) === attempt);
  }

  #passSoon(): void {
    if (this.#isPassDue || !this.#isRunning) return;
    this.#isPassDue = true;
    setImmediate(() => this.#pass());
  }

  #pass(): void {
    this.#isPassDue = false;
    if (!this.#isRunning) return;
    const picks = this.#scheduler.picks(MOST_AT_ONCE);
    if (picks.length > 0) void this.#assign(picks);
    if (picks.length === MOST_AT_ONCE) this.#passSoon();
  }

  /** Never rejects: what could not be assigned waits again. */
  async #assign(picks: readonly Match[]): Promise<void> {
    await this.#options.ledger.fetch(picks.map(({ taskId }) => taskId)).catch(() => {});
    for (const pick of picks) void this.#assignOne(pick);
  }

  /** Being picked counts until what came of that is kept: then having the task does. */
  async #assignOne(match: Match): Promise<void> {
    const { taskId, agentId, taskType } = match;
    try {
      if (this.#isRunning) await this.#options.ledger.happen(taskId, { kind: "assigned", agentId });
    } catch (thrown) {
      const { code, message } = ParleyError.from(thrown);
      if (code !== "conflict" && code !== "not_found") {
        log.warning("The task {taskId} could not be assigned and waits: {message}", { taskId, message });
        return this.#keepPlace(match);
      }
      this.#passSoon();
    }
    this.workers.released(agentId, taskType);
  }

  /** It may be kept that the agent has the task, though the store could not say so: until that is known its place is not another's. */
  #keepPlace(match: Match): void {
    const { taskId, agentId, taskType } = match;
    this.#later(async () => {
      if (!this.#isRunning) return;
      try {
        await this.#options.ledger.recheck(taskId);
      } catch {
        return this.#keepPlace(match);
      }
      this.workers.released(agentId, taskType);
      await this.#due(taskId);
    });
  }

  #later(run: () => void): void {
    const pause = this.#options.clock.after(STORE_PAUSE_MS, () => {
      this.#pauses.delete(pause);
      run();
    });
    this.#pauses.add(pause);
  }

  #alarmAt(atMs: number): void {
    if (atMs < Infinity) this.#alarm.within(Math.min(LOOK_MS, atMs - this.#options.clock.now()));
  }

  /** Gives in how many milliseconds somebody has waited long again. */
  #ring(): number {
    const { clock } = this.#options;
    const nowMs = clock.now();
    for (const taskId of this.#timetable.take(nowMs, MOST_AT_ONCE)) void this.#due(taskId);
    const nextAge = this.#scheduler.age(clock.ticks());
    this.#passSoon();
    this.#alarmAt(this.#timetable.nextAtMs);
    return nextAge - clock.ticks();
  }

  async #due(taskId: string): Promise<void> {
    const { ledger, clock, happen } = this.#options;
    try {
      const { task } = await ledger.find(taskId);
      const due = dueOf(task, clock.now());
      if (due && due.kind !== "assignable") return happen(taskId, due);
      if (due) this.#await(task);
      // Its deadline may stand out, and the clock may have been set back.
      this.#timetable.setAfter(task, clock.now());
      this.#alarmAt(this.#timetable.nextAtMs);
    } catch (thrown) {
      if (ParleyError.from(thrown).code === "not_found") return;
      // Without the store it is looked at again.
      if (this.#isRunning) this.#later(() => void this.#due(taskId));
    }
  }
}
