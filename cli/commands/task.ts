/** `task list`, `show`, `cancel`, `retry` and `watch`: what was asked for, and what becomes of it. */
import { ParleyError } from "../../shared/error.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Query } from "../api.ts";
import { taskEvents } from "../events.ts";
import { EXIT, exitCodeOf } from "../exit_code.ts";
import { oneLine } from "../format/harmless.ts";
import { type ShownTask, standingOf, taskInFull, tasksTable } from "../format/tasks_table.ts";
import { find, namesOf } from "../names.ts";
import { follow, taskPathOf } from "../task_following.ts";
import type { Workplace } from "../workplace.ts";

export interface ListOptions {
  status?: string;
  agent?: string;
  type?: string;
  query?: string;
  parent?: string;
  limit: number;
}

export async function list(options: ListOptions, { api, screen }: Workplace): Promise<void> {
  const { status, type, query: q, parent, limit } = options;
  const agents = (await api.list<AgentInfo>("/api/agents")).items;
  const agent = options.agent === undefined ? undefined : find(agents, options.agent);
  const found = await api.list<ShownTask>("/api/tasks", { status, agent, type, q, parent }, limit);
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("There are no such tasks.");
  const { width, isColoured } = screen;
  screen.out(tasksTable(found.items, { width, isColoured, nameOf: namesOf(agents), nowMs: Date.now() }));
}

export async function show(id: string, { api, screen }: Workplace): Promise<void> {
  const task = await api.get<ShownTask>(taskPathOf(id));
  if (screen.isJson) screen.document(task);
  else screen.out(taskInFull(task, screen));
}

/** Goes on with the next where one cannot be changed; gives the code of the first that could not. */
export async function change(
  way: "cancel" | "retry",
  ids: readonly string[],
  { api, screen }: Workplace,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const id of ids) {
    try {
      const task = await api.post<ShownTask>(`${taskPathOf(id)}/${way}`);
      if (screen.isJson) screen.line(task);
      else screen.out(`${oneLine(id)} ${way === "cancel" ? "is cancelled" : "is tried again"}.\n`);
    } catch (thrown) {
      if (!(thrown instanceof ParleyError)) throw thrown;
      screen.say(thrown.message);
      if (code === EXIT.ok) code = exitCodeOf(thrown.code);
    }
  }
  return code;
}

/** Of one task until its end, or of all until Ctrl-C. */
export async function watch(
  id: string | undefined,
  { ended, parent }: { ended?: boolean; parent?: string },
  workplace: Workplace,
): Promise<number> {
  const { api, screen, signal } = workplace;
  if (id !== undefined) return await follow(await api.get<ShownTask>(taskPathOf(id)), workplace);
  const query: Query = { only_ended: ended, parent };
  for await (const event of taskEvents(api, query, signal)) {
    if (event.kind === "lost") screen.say("The connection was lost. Trying again.");
    if (event.kind !== "update") continue;
    const task = event.frame.task as ShownTask;
    if (screen.isJson) screen.line(task);
    else screen.out(`${lineOf(task)}\n`);
  }
  return EXIT.interrupted;
}

function lineOf(task: ShownTask): string {
  const about = task.status === "completed" ? "" : standingOf(task);
  return oneLine(`${task.task_id}  ${task.task_type}  ${task.status}  ${about}`).trimEnd();
}
