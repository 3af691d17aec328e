/** `task submit`: asks for a task, and waits for its end where that is wanted. */
import { isAbsolute } from "node:path";
import { ParleyError } from "../../shared/error.ts";
import { newId } from "../../shared/model/id.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import { UsageError } from "../fault.ts";
import type { ShownTask } from "../format/tasks_table.ts";
import { resolve } from "../names.ts";
import { follow } from "../task_following.ts";
import type { Workplace } from "../workplace.ts";

/** How often a task is asked for before its server is given up. */
const MOST_TRIES = 5;

export interface SubmitOptions {
  param?: string[];
  /** JSON, or a file's name behind @. `--json` with a value; without one it is the output's. */
  parameters?: string;
  need?: string[];
  about?: string;
  priority?: string;
  deadline?: string;
  agent?: string;
  parent?: string;
  key?: string;
  /** In seconds, for one attempt. */
  timeout?: number;
  retries?: number;
  wait?: boolean;
}

export async function submit(
  type: string,
  options: SubmitOptions,
  workplace: Workplace,
): Promise<number | void> {
  const { screen } = workplace;
  const task = await ask(await bodyOf(type, options, workplace), workplace);
  if (options.wait) return await follow(task, workplace);
  if (screen.isJson) return screen.document(task);
  screen.out(task.task_id + "\n");
  if (task.waiting_reason) screen.say(task.waiting_reason);
}

/** Makes the request. Throws `UsageError` for parameters that are none. */
export async function bodyOf(type: string, options: SubmitOptions, workplace: Workplace): Promise<object> {
  const { priority, agent, key, parent, need, about, timeout, retries } = options;
  return {
    // Its own, so that what is sent again after a broken connection is one task.
    ...(key === undefined ? { task_id: newId("task") } : { idempotency_key: key }),
    task_type: type,
    description: about,
    parameters: await parametersOf(options, workplace),
    required_capabilities: need,
    priority: priority === undefined ? undefined : /^\d+$/.test(priority) ? Number(priority) : priority,
    deadline: options.deadline === undefined ? undefined : deadlineOf(options.deadline, Date.now()),
    preferred_agent: agent === undefined ? undefined : await resolve(workplace.api, agent),
    parent_task_id: parent,
    timeout_s: timeout,
    max_retries: retries,
  };
}

async function parametersOf(
  { param = [], parameters }: SubmitOptions,
  workplace: Workplace,
): Promise<Record<string, unknown>> {
  const given = parameters === undefined ? {} : objectIn(await textOf(parameters, workplace));
  return { ...given, ...Object.fromEntries(param.map(pairOf)) };
}

async function textOf(given: string, { screen, directory }: Workplace): Promise<string> {
  if (given === "@-") return await screen.input();
  if (!given.startsWith("@")) return given;
  const file = given.slice(1);
  try {
    return await Deno.readTextFile(isAbsolute(file) ? file : `${directory}/${file}`);
  } catch (cause) {
    throw new UsageError(`--parameters: '${file}' cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch { /* said below */ }
  throw new UsageError('The parameters are no JSON object, such as \'{"name": "value"}\'.');
}

/** Reads `name=value`: what is JSON is meant as that, anything else as a text. */
export function pairOf(pair: string): [string, unknown] {
  const at = pair.indexOf("=");
  if (at < 1) throw new UsageError(`--param: '${pair}' is no name=value.`);
  const text = pair.slice(at + 1);
  try {
    return [pair.slice(0, at), JSON.parse(text)];
  } catch {
    return [pair.slice(0, at), text];
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `30m` (in half an hour) or a date and time. */
export function deadlineOf(text: string, nowMs: number): string {
  const within = /^(\d{1,6}(?:\.\d+)?)([smhd])$/.exec(text);
  const atMs = within ? nowMs + Number(within[1]) * UNITS[within[2]!]! : Date.parse(text);
  if (!isNaN(atMs) && (within || /^\d{4}-/.test(text))) return new Date(atMs).toISOString();
  throw new UsageError(
    `--deadline: '${text}' is no time. Write 30m, 2h or 7d from now, or 2026-08-01T12:00:00Z.`,
  );
}

/** Asks again where the connection broke: the id or key says that it is the same task. */
async function ask(body: object, { api, signal }: Workplace): Promise<ShownTask> {
  for (let failures = 1;; failures++) {
    try {
      return await api.post<ShownTask>("/api/tasks", body);
    } catch (thrown) {
      if (ParleyError.from(thrown).code !== "unavailable" || failures === MOST_TRIES) throw thrown;
      await pause(reconnectPauseMs(failures), signal);
    }
  }
}
