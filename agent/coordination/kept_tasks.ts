/** A supervisor's own tasks: in memory, where decisions are made, and beneath that in a store, where they outlive it. */
import { currentFileLog } from "../../shared/audit/file_logging.ts";
import { logTaskChange } from "../../shared/audit/task_log.ts";
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import { Recent } from "../../shared/recent.ts";
import type { KeptTask, TaskStore } from "../../shared/store/store.ts";

const log = logOf("agent", "coordination");

/** Ended tasks that are remembered here, so that the same end told again, or the same key, is known without asking. */
const REMEMBERED = 10_000;
const NOBODY = { serverId: null, answerTo: null };

export class KeptTasks {
  readonly #open = new Map<string, TaskRecord>();
  readonly #ended = new Recent<TaskRecord>(REMEMBERED);
  readonly #versions = new Map<string, number>();
  readonly #changed = new Map<string, TaskRecord>();
  #writing: Promise<void> = Promise.resolve();

  /** `store`: undefined where nothing outlives the process. `onEnded` is called once an end is stored. */
  constructor(
    private readonly store: TaskStore | undefined,
    private readonly principal: Principal,
    private readonly onEnded: (task: TaskRecord) => void,
  ) {}

  /** Tells whether what was added outlives what comes. */
  get isStored(): boolean {
    return this.store !== undefined;
  }

  /** Lists the tasks that have not ended. */
  get open(): TaskRecord[] {
    return [...this.#open.values()];
  }

  get(taskId: string): TaskRecord | undefined {
    return this.#open.get(taskId) ?? this.#ended.get(taskId);
  }

  async find(taskId: string): Promise<TaskRecord | undefined> {
    const task = await this.findOfAnybody(taskId);
    return task?.requested_by === this.principal.id ? task : undefined;
  }

  /** Finds a task also of another supervisor, where they share a store. */
  async findOfAnybody(taskId: string): Promise<TaskRecord | undefined> {
    const known = this.get(taskId);
    if (known || !this.store) return known;
    const [kept] = await this.store.find(this.principal, [taskId]);
    return kept?.task;
  }

  /** Takes up the tasks of the process that was this supervisor before. */
  async load(): Promise<void> {
    let after = 0;
    let kept = await this.store?.open(this.principal, after) ?? [];
    while (kept.length > 0) {
      for (const one of kept) if (one.task.requested_by === this.principal.id) this.#adopt(one);
      after = kept.at(-1)!.position;
      kept = await this.store!.open(this.principal, after);
    }
  }

  /** Adds a task; or gives the one that there is with its id or its key. Throws `unavailable` when it is not stored. */
  async add(task: TaskRecord): Promise<TaskRecord | undefined> {
    const kept = { ...NOBODY, task, version: 1 };
    const [there] = await this.store?.add(this.principal, [kept]) ?? [];
    if (there) return there.task;
    this.#adopt(kept);
    logTaskChange(currentFileLog(), task);
  }

  /** Changes a task here at once; `write()` stores it. */
  put(task: TaskRecord): void {
    this.#open.set(task.task_id, task);
    this.#changed.set(task.task_id, task);
  }

  /** Forgets a task that was not accepted. */
  drop(taskId: string): void {
    this.#open.delete(taskId);
    this.#changed.delete(taskId);
  }

  /** Stores what has changed, and then tells of what has ended. Throws `unavailable`, and stores it the next time. */
  write(): Promise<void> {
    return this.#writing = this.#writing.catch(() => {}).then(() => this.#writeChanged());
  }

  async #writeChanged(): Promise<void> {
    const tasks = [...this.#changed.values()];
    if (tasks.length === 0) return;
    this.#changed.clear();
    let counted: TaskRecord[];
    try {
      counted = await this.#store(tasks);
    } catch (thrown) {
      // What has changed again meanwhile is newer.
      for (const task of tasks) if (!this.#changed.has(task.task_id)) this.#changed.set(task.task_id, task);
      throw thrown;
    }
    for (const task of counted) {
      logTaskChange(currentFileLog(), task);
      if (isTaskEnded(task.status)) this.#end(task);
    }
  }

  /** Gives those whose change counts. */
  async #store(tasks: TaskRecord[]): Promise<TaskRecord[]> {
    if (!this.store) return tasks;
    const changes = tasks.map((task) => ({
      ...NOBODY,
      task,
      version: this.#versions.get(task.task_id) ?? 1,
    }));
    const done = await this.store.change(this.principal, changes);
    for (const [index, { task, version }] of changes.entries()) {
      if (done[index]) this.#versions.set(task.task_id, version + 1);
      else await this.#lose(this.store, task);
    }
    return tasks.filter((_, index) => done[index]);
  }

  /** Two processes are the same supervisor: what the other has decided counts, and whoever waits here is told of it. */
  async #lose(store: TaskStore, { task_id, requested_by }: TaskRecord): Promise<void> {
    const reason = "another process is the same supervisor. Give each an id of its own.";
    log.error("What was decided of the task {task_id} of {requested_by} does not count: {reason}", {
      task_id,
      requested_by,
      reason,
    });
    const [kept] = await store.find(this.principal, [task_id]);
    this.drop(task_id);
    if (!kept) return;
    this.#adopt(kept);
    if (isTaskEnded(kept.task.status)) this.#end(kept.task);
  }

  #end(task: TaskRecord): void {
    if (!this.#open.delete(task.task_id)) return;
    this.#versions.delete(task.task_id);
    this.#ended.set(task.task_id, task);
    this.onEnded(task);
  }

  #adopt({ task, version }: KeptTask): void {
    this.#open.set(task.task_id, task);
    this.#versions.set(task.task_id, version);
  }
}
