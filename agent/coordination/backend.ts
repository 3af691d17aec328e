/** How coordination reaches others, with a server or without one: messages by their readers' queues, and who is there. */
import type { PullOptions, QueueStats, Verdict } from "../../shared/bus/bus.ts";
import type { AgentStatus } from "../../shared/model/agent.ts";
import type { Message } from "../../shared/model/message.ts";
import type { NewTask, TaskRecord } from "../../shared/model/task.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { Settings } from "./options.ts";
import type { Throughput } from "./throughput.ts";

/** A message on its way, addressed and named. */
export type SentMessage = Message & { message_id: string; sender_id: string; receiver_id: string };

/** A message that was handed out. Not settled, it comes again when its lease ends. */
export interface ReceivedMessage {
  message: AgentMessage;
  /** How often it was handed out, from 1. */
  attempt: number;
  settle(verdict: Verdict): Promise<void>;
}

export interface Mail {
  /** Sends to `receiver_id`. Resolves once the message is stored; throws `unavailable` when it was not in time. */
  send(message: SentMessage): Promise<void>;
  /**
   * Takes up to `limit` messages for an agent, waiting `blockMs` for the first. A body that is no message goes to the
   * dead letters. Throws `unavailable` when the queue was lost meanwhile.
   */
  receive(agentId: string, options: PullOptions): Promise<ReceivedMessage[]>;
  /** Lists the queues that are known here. */
  stats(): Promise<QueueStats[]>;
}

/** How an agent presents itself. */
export interface Registration {
  agentId: string;
  /** Default: the id. */
  agentName?: string | undefined;
  /** One of `AgentRole`, or a word of your own. */
  agentRole: string;
  /** What it can do, one word each. */
  capabilities: readonly string[];
  /** How many tasks it works on at once; default 1. */
  maxConcurrentTasks?: number | undefined;
}

/** What is known of an agent. */
export interface AgentInfo {
  agentId: string;
  agentName: string;
  agentRole: string;
  capabilities: readonly string[];
  status: AgentStatus;
  isOnline: boolean;
  currentTasks: number;
  maxConcurrentTasks: number;
  /** Its tasks as a part of what it can take: 0 is free, 1 is full. */
  load: number;
  /** ISO 8601. */
  lastSeen: string;
}

/** What an agent says of itself from time to time. */
export interface SignOfLife {
  status?: AgentStatus | undefined;
  currentTasks?: number | undefined;
}

export interface Directory {
  /** Keeps an agent, in place of what was known under its id, as online. Throws `conflict` when another has the id. */
  register(agent: Registration): Promise<void>;
  /** Notes that an agent is there. Gives false, changing nothing, when it is not known. */
  seen(agentId: string, sign?: SignOfLife): Promise<boolean>;
  /** Lists every agent that is known, those offline included. */
  list(): Promise<AgentInfo[]>;
  /** Forgets an agent; an unknown one is passed over. Tells whether it is gone by that: a server keeps those of others. */
  remove(agentId: string): Promise<boolean>;
  /** Calls `listener` when this process hears of a change, until what it returns is disposed of. */
  onChange(listener: () => void): Disposable;
}

export interface SchedulerOptions {
  supervisorId: string;
  settings: Settings;
  /** Called with each of the supervisor's tasks that has ended, once. */
  onEnded: (task: TaskRecord) => void;
}

/** Finds an agent for each task, and sees to it that the task ends. */
export interface Scheduler extends AsyncDisposable {
  /**
   * Accepts a task; one whose `idempotency_key` was seen is the same task. It waits while nobody can take it. Throws
   * `invalid_message` or `conflict` for one that cannot be, and `unavailable` when it was not accepted.
   */
  submit(task: NewTask): Promise<TaskRecord>;
  /** Cancels a task; its agent is told. Throws `not_found`, `conflict` when it has ended, and `unavailable` when that is not stored. */
  cancel(taskId: string): Promise<void>;
  /** Takes what an agent says of a task. Tells whether it is one of these. Throws `invalid_message` for what says nothing. */
  hear(message: AgentMessage): Promise<boolean>;
  /** Resolves when what was heard is stored. Throws `unavailable` when it is not in time. */
  store(): Promise<void>;
  /** Does what is due, and gives in how many milliseconds something will be; `Infinity`: nothing by itself. */
  attend(): Promise<number>;
  /** Finds one of the supervisor's tasks, those that have ended included. */
  find(taskId: string): Promise<TaskRecord | undefined>;
  readonly figures: TaskFigures;
}

/** Counts since the start. */
export interface TaskFigures {
  assigned: number;
  completed: number;
  failed: number;
  cancelled: number;
  timedOut: number;
  /** Accepted, and with nobody yet. */
  waiting: number;
  /** With an agent now. */
  active: number;
  /** Attempts that were given to another agent. */
  reassigned: number;
  /** Answers that came too late to count. */
  refused: number;
  averageDurationMs: number;
}

/** Everything that coordination needs of the outside. */
export interface Backend extends AsyncDisposable {
  readonly mail: Mail;
  readonly directory: Directory;
  /** Counts what goes through. */
  readonly throughput: Throughput;
  /** Resolves when messages and the roster can be reached. Throws `unavailable` with the reason otherwise. */
  ping(): Promise<void>;
  /** Makes the scheduler of one supervisor's tasks. */
  openScheduler(options: SchedulerOptions): Promise<Scheduler>;
}
