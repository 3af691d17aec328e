/** A task from where it stands to its end: its progress is shown as it comes, and Ctrl-C leaves it running. */
import { isTaskEnded } from "../shared/model/task.ts";
import { taskEvents } from "./events.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { oneLine } from "./format/harmless.ts";
import { resultOf, type ShownTask, standingOf } from "./format/tasks_table.ts";
import type { Workplace } from "./workplace.ts";

/** Resolves with the exit code once the task has ended. */
export async function follow(task: ShownTask, workplace: Workplace): Promise<number> {
  const { api, screen, signal } = workplace;
  const { task_id } = task;
  const told = new Told(workplace);
  if (!screen.options.json) told.tell(task);
  for await (const event of taskEvents(api, { task: task_id }, signal)) {
    if (event.kind === "lost") screen.say("The connection was lost. Trying again; the task goes on.");
    if (event.kind !== "update") continue;
    if (screen.options.json) screen.line(event.frame);
    const now = event.frame.task as ShownTask;
    if (isTaskEnded(now.status)) return await end(now, workplace);
    if (!screen.options.json) told.tell(now);
  }
  screen.say(`The task goes on: \`task watch ${task_id}\` shows it, \`task cancel ${task_id}\` ends it.`);
  return EXIT.interrupted;
}

/** Says each thing once, however often it is told. */
class Told {
  #last: string | undefined;

  constructor(private readonly workplace: Workplace) {}

  tell(task: ShownTask): void {
    const sentence = standingOf(task);
    if (sentence === this.#last) return;
    this.#last = sentence;
    this.workplace.screen.say(standingLineOf(task));
  }
}

function standingLineOf(task: ShownTask): string {
  return `${task.task_id}: ${oneLine(standingOf(task))}`;
}

async function end(task: ShownTask, { api, screen }: Workplace): Promise<number> {
  if (task.status !== "completed") {
    screen.say(standingLineOf(task));
    return exitOf(task);
  }
  if (screen.options.json) return EXIT.ok;
  // An update leaves out what is long.
  const whole = await api.get<ShownTask>(taskPathOf(task.task_id));
  screen.out(resultOf(whole));
  return EXIT.ok;
}

/** Gives the path of a task in the HTTP interface. */
export function taskPathOf(id: string): string {
  return `/api/tasks/${encodeURIComponent(id)}`;
}

/** Gives the exit code for a task that ended. */
export function exitOf({ status, code }: Pick<ShownTask, "status" | "code">): number {
  if (status === "completed") return EXIT.ok;
  if (status === "timed_out") return EXIT.timedOut;
  return status === "failed" && code ? exitCodeOf(code) : EXIT.failed;
}
