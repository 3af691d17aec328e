/** Tasks in agents' queues, for agents that read no stream of tasks; and what came of tasks, for those who asked by a queue. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import { isPeerId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import type { HeldTask, TaskQueue } from "./agent_line.ts";
import { requestOf } from "./dead_letter.ts";

/** Characters of JSON up to which what a message says stands in its `content`, too, where some readers look alone. */
const MOST_TWICE = 100_000;
/** Characters that the store keeps of an address. */
const LONGEST_ADDRESS = 200;

const log = logOf("server", "task");

export interface QueueLineOptions {
  bus: MessageBus;
  /** Tells an agent to stop, if it can be told at once. */
  tellToStop: (agentId: string, held: HeldTask) => void;
  /** Where files say what was put into which queue, if anywhere. */
  fileLog?: FileLogger | undefined;
}

export class QueueLine implements TaskQueue, Disposable {
  readonly #options: QueueLineOptions;
  readonly #ending = new AbortController();

  constructor(options: QueueLineOptions) {
    this.#options = options;
  }

  give(task: TaskRecord, isWanted: () => boolean): void {
    void this.#untilPublished(task, isWanted);
  }

  stop(agentId: string, held: HeldTask): void {
    this.#options.tellToStop(agentId, held);
  }

  /** Puts the `TASK_RESPONSE` into the queue of whoever asked, by `answerAddress`. Throws `unavailable`. */
  readonly answer = async (address: string, task: TaskRecord): Promise<void> => {
    const [agentId = "", askedId] = address.split(" ");
    const response = responseOf(task, agentId);
    await this.#publish(agentId, askedId ? { ...response, in_reply_to_message_id: askedId } : response);
  };

  [Symbol.dispose](): void {
    this.#ending.abort();
  }

  async #untilPublished(task: TaskRecord, isWanted: () => boolean): Promise<void> {
    const agentId = task.agent_id ?? "";
    const { signal } = this.#ending;
    for (let failures = 1; isWanted() && !signal.aborted; failures++) {
      try {
        return await this.#publish(agentId, assignmentOf(task));
      } catch (cause) {
        if (failures === 1) {
          log.warning("A task for {agentId} has to wait for its queue: {cause}", { agentId, cause });
        }
        await pause(reconnectPauseMs(failures), signal);
      }
    }
  }

  async #publish(agentId: string, message: Record<string, unknown>): Promise<void> {
    const envelope = { id: String(message.message_id), body: JSON.stringify(message), headers: {} };
    await this.#options.bus.publish(agentQueue(agentId), envelope);
    this.#options.fileLog?.logMessage("sent", message);
  }
}

/** Names the agent that is told what came of a task, and the message with which it asked, as far as that can be kept. */
export function answerAddress(agentId: string, messageId: string | null | undefined): string {
  const address = `${agentId} ${messageId}`;
  return messageId && isPeerId(messageId, "msg") && address.length <= LONGEST_ADDRESS ? address : agentId;
}

/** Writes the `TASK_REQUEST` that gives a task to the agent that has it. */
export function assignmentOf(task: TaskRecord): Record<string, unknown> {
  const { message_type, message_id, sender_id, ...fields } = requestOf(task);
  const { attempt, agent_id: receiver_id } = task;
  const said = { ...fields, attempt };
  return {
    message_type,
    message_id,
    sender_id,
    receiver_id,
    send_timestamp: timestamp(),
    ...withContent(said),
  };
}

/** Writes the `TASK_RESPONSE` that says what came of a task. */
export function responseOf(task: TaskRecord, receiverId: string): Record<string, unknown> {
  const { task_id, status, attempt, progress, result, error, code, agent_id } = task;
  const said = { task_id, status, attempt, progress, result, error_message: error, code };
  return {
    message_type: "TASK_RESPONSE",
    message_id: `${task_id}:${status}:${attempt}`,
    sender_id: agent_id ?? "server",
    receiver_id: receiverId,
    send_timestamp: timestamp(),
    ...withContent(said),
  };
}

function withContent(said: Record<string, unknown>): Record<string, unknown> {
  return JSON.stringify(said).length > MOST_TWICE ? said : { ...said, content: said };
}
