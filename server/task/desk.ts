/** Where people and agents ask for tasks and what became of them, whichever edge they come by: each thing is allowed first. */
import type { Principal } from "../../shared/model/principal.ts";
import type { NewTask } from "../../shared/model/task.ts";
import type { Page, PageOptions, TaskFilter } from "../../shared/store/store.ts";
import type { Authorize } from "../authorize.ts";
import type { TaskCenter } from "./center.ts";
import type { ListedTask } from "./shown.ts";
import type { WatchedTasks } from "./watching.ts";

/** As whom somebody asks, and as whom they are shown what there is: without a session that is everything. */
export interface TaskCaller {
  asks: Principal;
  sees: Principal;
}

/** A task as people are shown it. */
export type ShownTask = ListedTask & { waiting_reason: string | null };

/** Every method throws `forbidden` for who may not, `not_found` for what they may not see, and `unavailable` without the store. */
export class TaskDesk {
  constructor(private readonly options: { tasks: TaskCenter; authorize: Authorize }) {}

  /** Asks for a task. `isNew`: there was none with its id or key. Throws what is wrong with it. */
  async submit(
    { asks, sees }: TaskCaller,
    asked: NewTask,
    { answerTo = null }: { answerTo?: string | null } = {},
  ): Promise<{ task: ShownTask; isNew: boolean }> {
    const { tasks, authorize } = this.options;
    authorize(asks, "submit_task", "*");
    const [submission] = await tasks.submit(asks, [asked], { answerTo, sees });
    const { kept, isNew, refusal } = submission!;
    if (refusal) throw refusal;
    return { task: this.shown(kept.task), isNew };
  }

  async get({ asks, sees }: TaskCaller, taskId: string): Promise<ShownTask> {
    this.options.authorize(asks, "read_tasks", taskId);
    return this.shown(await this.options.tasks.get(sees, taskId));
  }

  /** Lists tasks, newest first, without what is very long. */
  async list({ asks, sees }: TaskCaller, page: PageOptions & TaskFilter): Promise<Page<ShownTask>> {
    this.options.authorize(asks, "read_tasks", "*");
    const { items, next_cursor } = await this.options.tasks.list(sees, page);
    return { items: items.map((task) => this.shown(task)), next_cursor };
  }

  /** Lists the ids of the newest 100 subtasks. */
  async subtaskIds({ asks, sees }: TaskCaller, taskId: string): Promise<string[]> {
    this.options.authorize(asks, "read_tasks", taskId);
    return await this.options.tasks.subtaskIds(sees, taskId);
  }

  /** Ends a task and its subtasks. Throws `conflict` for one that ended otherwise. */
  async cancel(caller: TaskCaller, taskId: string, by: string): Promise<ShownTask> {
    await this.#requireOwn(caller, taskId);
    return this.shown(await this.options.tasks.cancel(taskId, by));
  }

  /** Has a task tried again. Throws `conflict` for one that did not fail, time out or get cancelled. */
  async retry(caller: TaskCaller, taskId: string): Promise<ShownTask> {
    await this.#requireOwn(caller, taskId);
    return this.shown(await this.options.tasks.retry(taskId));
  }

  /** Checks that `watched` may be watched, and gives the ids of what there is of it by now: the task, or the subtasks. */
  async watchable(caller: TaskCaller, { taskId, parentId }: WatchedTasks): Promise<string[]> {
    const { tasks, authorize } = this.options;
    authorize(caller.asks, "read_tasks", taskId ?? parentId ?? "*");
    for (const id of [taskId, parentId]) if (id !== undefined) await tasks.get(caller.sees, id);
    return taskId === undefined ? await tasks.subtaskIds(caller.sees, parentId ?? "") : [taskId];
  }

  /** Adds to a task why nobody has it yet. */
  shown(task: ListedTask): ShownTask {
    return { ...task, waiting_reason: this.options.tasks.waitingReason(task) };
  }

  async #requireOwn({ asks, sees }: TaskCaller, taskId: string): Promise<void> {
    this.options.authorize(asks, "read_tasks", taskId);
    await this.options.tasks.get(sees, taskId);
    this.options.authorize(asks, "change_task", taskId);
  }
}
