/** What happens to tasks, each in its turn: decided, kept in the store, and only then told. */
import { ParleyError } from "../../shared/error.ts";
import { isPeerId } from "../../shared/model/id.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask, TaskChange, TaskStore } from "../../shared/store/store.ts";
import { mustLast } from "../../shared/store/task_store.ts";
import { decide, isHeld, type Speaker, type TaskEvent } from "../../shared/task/transition.ts";
import type { Clock } from "../presence/clock.ts";
import { Turns } from "../turns.ts";
import { letterOf } from "./dead_letter.ts";
import { RecentTasks } from "./recent_tasks.ts";
import { Gathered } from "./gathered.ts";

/** How often a change is decided anew because another server has changed the task meanwhile. */
const MOST_TRIES = 10;

export interface LedgerOptions {
  store: TaskStore;
  server: Principal;
  clock: Clock;
  /** Whether other servers may change tasks, too; default not. */
  isShared?: boolean;
  /** Tells whether an agent is online at this server, where there are others; default each is. */
  isHere?: (agentId: string) => boolean;
  /** How long to wait after so many attempts have failed, in milliseconds. */
  pauseMs: (failures: number) => number;
  /** Called once a change is kept, before anybody is told that it is; `before`: as this server knew it, if it did. */
  onKept: (before: KeptTask | undefined, after: KeptTask, where: "here" | "elsewhere") => void;
}

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #recent = new RecentTasks();
  readonly #turns = new Turns();
  /** What has to outlast a loss of power keeps nothing else waiting. */
  readonly #lasting: Gathered<TaskChange>;
  readonly #others: Gathered<TaskChange>;
  readonly #answered: Gathered<{ taskId: string; version: number }>;

  constructor(options: LedgerOptions) {
    const { store, server } = options;
    this.#options = options;
    this.#lasting = new Gathered((changes) => store.change(server, changes));
    this.#others = new Gathered((changes) => store.change(server, changes));
    this.#answered = new Gathered((tasks) => store.answered(server, tasks));
  }

  /** Gives a task that is at hand. */
  at(taskId: string): KeptTask | undefined {
    return this.#recent.get(taskId);
  }

  /** Keeps at hand what the store has, unless something newer is by now. */
  learn(kept: KeptTask): void {
    const there = this.#recent.get(kept.task.task_id);
    if (!there || there.version < kept.version) this.#remember(kept);
  }

  /** Forgets what is at hand of a task that another server may have changed. */
  forget(taskId: string): void {
    this.#recent.delete(taskId);
  }

  /** Finds a task. Throws `not_found`. */
  async find(taskId: string): Promise<KeptTask> {
    const known = this.#recent.get(taskId);
    if (known && !this.#isOthers(known)) return known;
    const [kept] = await this.#load([taskId]);
    if (!kept) throw unknown(taskId);
    return known && known.version > kept.version ? known : kept;
  }

  /** Brings tasks to hand that are not, with one read. */
  async fetch(taskIds: readonly string[]): Promise<void> {
    const missing = taskIds.filter((taskId) => !this.#recent.get(taskId));
    if (missing.length > 0) { for (const kept of await this.#load(missing)) this.learn(kept); }
  }

  /**
   * Has `event` happen to a task, in its turn. Resolves to the task once that is kept; where it changes nothing, as it
   * is. Throws what refuses it, `not_found`, and `unavailable` without the store.
   */
  happen(taskId: string, event: TaskEvent): Promise<KeptTask> {
    return this.#turns.run(taskId, async () => {
      for (let tries = 1; tries <= MOST_TRIES; tries++) {
        const kept = await this.find(taskId);
        const { task: next, refusal } = this.#decide(kept.task, event);
        const isDecided = next !== undefined || !await this.#isOld(kept);
        if (isDecided && refusal) throw refusal;
        const done = isDecided ? await this.#change(kept, next, event) : undefined;
        if (done) return done;
        await this.#catchUp(kept);
      }
      throw new ParleyError("unavailable", `Others change the task ${taskId} all the time. Try again.`);
    });
  }

  /** Finds out in its turn what became of a task of which the store could not say whether it kept a change. */
  recheck(taskId: string): Promise<void> {
    return this.#turns.run(taskId, async () => {
      const known = this.#recent.get(taskId);
      const [kept] = await this.#load([taskId]);
      if (known && kept && kept.version !== known.version) await this.#catchUp(known);
    });
  }

  /** Notes in its turn that a task has been answered. */
  answered(taskId: string): Promise<void> {
    return this.#turns.run(taskId, async () => {
      const kept = await this.find(taskId);
      if (kept.answerTo === null) return;
      const { version } = kept;
      if (await this.#answered.add({ taskId, version })) {
        this.#remember({ ...kept, version: version + 1, answerTo: null });
      } else this.forget(taskId);
    });
  }

  /** Reads a task anew in its turn, which another server may have changed. */
  refresh(taskId: string, found: KeptTask): Promise<void> {
    return this.#turns.run(taskId, async () => {
      const before = this.#recent.get(taskId);
      if (before && before.version >= found.version) return;
      // What was read may be old by now: this server may have changed the task since and forgotten it.
      const [now] = before ? [found] : await this.#load([taskId]);
      if (!now) return;
      this.#remember(now);
      this.#options.onKept(before, now, "elsewhere");
    });
  }

  /** Takes a task over, in its turn, that an agent has brought along from another server; tells whether it has it. */
  adopt(taskId: string, { agentId, attempt = 0 }: Speaker): Promise<boolean> {
    return this.#turns.run(taskId, async () => {
      const [kept] = await this.#load([taskId]);
      const isTheirs = kept && isHeld(kept.task) && kept.task.agent_id === agentId &&
        kept.task.attempt === attempt;
      if (!isTheirs) return false;
      if (kept.serverId === this.#options.server.id) return true;
      const adopted = await this.#write({ ...kept, serverId: this.#options.server.id });
      if (adopted) this.#options.onKept(kept, adopted, "here");
      return adopted !== undefined;
    });
  }

  /** Resolves once all that was asked for has ended. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /** Another version is kept: by another server, or by a write that was taken for failed. What follows from it is done. */
  async #catchUp(known: KeptTask): Promise<void> {
    const { task_id: taskId } = known.task;
    const [kept] = await this.#load([taskId]);
    this.forget(taskId);
    if (!kept) throw unknown(taskId);
    this.learn(kept);
    const isOthers = kept.serverId !== null && kept.serverId !== this.#options.server.id;
    this.#options.onKept(known, kept, isOthers ? "elsewhere" : "here");
  }

  /** Tells whether what was at hand is not what is kept any more: another server has changed it, and no word has come yet. */
  async #isOld(known: KeptTask): Promise<boolean> {
    const { task_id: taskId } = known.task;
    if (!this.#options.isShared || this.#recent.get(taskId) !== known) return false;
    const [kept] = await this.#load([taskId]);
    return kept?.version !== known.version;
  }

  /** Tells whether it is another server's to change: nobody tells this one of all that happens to it. */
  #isOthers({ task, serverId }: KeptTask): boolean {
    const { isShared = false, server } = this.#options;
    return isShared && (isTaskEnded(task.status) || isHeld(task) && serverId !== server.id);
  }

  #decide(task: TaskRecord, event: TaskEvent): { task?: TaskRecord; refusal?: ParleyError | undefined } {
    const { clock, pauseMs } = this.#options;
    return decide(task, event, { nowMs: clock.now(), pauseMs });
  }

  /** Names the server that has the agent of a task as it is to be: word of it may come to another, by a queue. */
  #holderOf(kept: KeptTask, next: TaskRecord): string | null {
    if (!isHeld(next)) return null;
    const { server, isShared, isHere = () => true } = this.#options;
    const isTheirs = isShared && isHeld(kept.task) && !isHere(next.agent_id ?? "");
    return isTheirs ? kept.serverId : server.id;
  }

  /** Gives the task as it is then; undefined where another server was first. */
  async #change(
    kept: KeptTask,
    next: TaskRecord | undefined,
    event: TaskEvent,
  ): Promise<KeptTask | undefined> {
    if (!next) return kept;
    const serverId = this.#holderOf(kept, next);
    const letter = next.status === "failed" ? letterOf(next) : event.kind === "retried" ? null : undefined;
    const changed = await this.#write({ ...kept, task: next, serverId, letter });
    if (changed) this.#options.onKept(kept, changed, "here");
    return changed;
  }

  async #write(change: TaskChange): Promise<KeptTask | undefined> {
    if (!await (mustLast(change) ? this.#lasting : this.#others).add(change)) return undefined;
    const { letter: _, ...before } = change;
    const kept = { ...before, version: change.version + 1 };
    this.#remember(kept);
    return kept;
  }

  #remember(kept: KeptTask): void {
    this.#recent.set(kept, isHeld(kept.task) && !this.#isOthers(kept));
  }

  #load(taskIds: readonly string[]): Promise<KeptTask[]> {
    const possible = taskIds.filter((taskId) => isPeerId(taskId, "task"));
    if (possible.length === 0) return Promise.resolve([]);
    return this.#options.store.find(this.#options.server, possible);
  }
}

export function unknown(taskId: string): ParleyError {
  return new ParleyError("not_found", `There is no task '${taskId}'.`);
}
