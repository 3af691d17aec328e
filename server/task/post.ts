/** Tasks by post: what agents without a stream of tasks ask for and tell in messages that brokers pass on. */
import { createHash } from "node:crypto";
import { ParleyError } from "../../shared/error.ts";
import { fieldOf } from "../../shared/model/codec.ts";
import type { Message } from "../../shared/model/message.ts";
import { agentPrincipal, DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { NewTask } from "../../shared/model/task.ts";
import type { Authorize } from "../authorize.ts";
import type { Roster } from "../roster.ts";
import type { TaskCenter } from "./center.ts";
import { TaskDesk } from "./desk.ts";
import { answerAddress } from "./queue_line.ts";
import { fieldsOf, REPORTS, requestIn, REQUESTS, saidIn, taskIdIn } from "./spoken.ts";

export interface TaskPostOptions {
  tasks: TaskCenter;
  authorize: Authorize;
  roster: Pick<Roster, "get">;
  /** Tells whether a frontend has that id. */
  isFrontend: (id: string) => Promise<boolean>;
}

export class TaskPost {
  readonly #options: TaskPostOptions;
  readonly #desk: TaskDesk;

  constructor(options: TaskPostOptions) {
    this.#options = options;
    this.#desk = new TaskDesk(options);
  }

  /**
   * Takes a message that asks for a task, or says something of one that its sender has or had. Resolves to true once
   * that is kept, and to false for a message that is none of that. Taking it again changes nothing. Throws what is wrong
   * with it, and `unavailable` without the store.
   */
  async take(message: Message): Promise<boolean> {
    const type = message.message_type;
    if (REQUESTS.has(type)) return await this.#ask(message);
    return REPORTS.has(type) && await this.#report(message);
  }

  async #ask(message: Message): Promise<true> {
    const asks = await this.#senderOf(message);
    const answerTo = asks.kind === "agent" ? answerAddress(asks.id, message.message_id) : null;
    await this.#desk.submit({ asks, sees: asks }, this.#askedIn(message, asks), { answerTo });
    return true;
  }

  /** Whoever is named as receiver gets it, should they be able to. A message that comes again asks for the same task. */
  #askedIn(message: Message, { id }: Principal): NewTask {
    const asked = requestIn(message);
    const receiver = fieldOf(message, "receiver_id");
    const isForAgent = typeof receiver === "string" && this.#options.roster.get(receiver) !== undefined;
    const preferred_agent = asked.preferred_agent ?? (isForAgent ? receiver : null);
    const task_id = asked.task_id ?? (asked.idempotency_key ? null : taskIdOf(message, id));
    return { ...asked, preferred_agent, task_id };
  }

  async #report(message: Message): Promise<boolean> {
    const { tasks, authorize } = this.#options;
    const agentId = message.sender_id ?? "";
    if (!await isForServer(tasks, message, agentId)) return false;
    const { taskId, attempt, word } = saidIn(message);
    const by = await this.#speakerOf(message, taskId);
    authorize(by, "work_on_tasks", by.id);
    await tasks.agents.report({ agentId, attempt }, taskId, word);
    return true;
  }

  /** Who has a task or had it is an agent, though only another server may know it: all of them read the same queue. */
  async #speakerOf(message: Message, taskId: string): Promise<Principal> {
    const { sender_id: id } = message;
    const attempts = await this.#options.tasks.attemptsAt(taskId);
    const isTheirs = id && attempts?.some(({ agent_id }) => agent_id === id);
    return isTheirs ? agentPrincipal(id) : await this.#senderOf(message);
  }

  async #senderOf({ sender_id: id }: Message): Promise<Principal> {
    if (id && this.#options.roster.get(id)) return agentPrincipal(id);
    if (id && await this.#options.isFrontend(id)) return { kind: "person", id, tenantId: DEFAULT_TENANT };
    throw new ParleyError(
      "not_registered",
      `There is no '${id ?? ""}' here. Register before asking for tasks.`,
    );
  }
}

/**
 * Tells whether what an agent says is for the server: of a task of its own, or a `TASK_RESPONSE` that is for nobody else.
 * What agents tell each other of tasks that the server does not know, they tell each other.
 */
export async function isForServer(
  tasks: Pick<TaskCenter, "attemptsAt">,
  message: Message,
  agentId: string,
): Promise<boolean> {
  const attempts = await tasks.attemptsAt(taskIdIn(message) ?? "");
  if (attempts?.some(({ agent_id }) => agent_id === agentId)) return true;
  if (message.message_type !== "TASK_RESPONSE") return false;
  const { receiver_id } = fieldsOf(message);
  return attempts !== undefined || !receiver_id || receiver_id === "server";
}

function taskIdOf({ message_id }: Message, senderId: string): string | null {
  if (!message_id) return null;
  const digest = createHash("sha256").update(`task\n${senderId}\n${message_id}`).digest("hex");
  return `task_${digest.slice(0, 24)}`;
}
