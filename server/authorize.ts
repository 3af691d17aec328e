/** Who may do what: the one decision that stands at every edge (WebSocket, gRPC and HTTP). */
import { ParleyError } from "../shared/error.ts";
import { DEFAULT_TENANT, type Principal, type PrincipalKind } from "../shared/model/principal.ts";
import {
  agentQueue,
  BROKER_INPUT_QUEUE,
  DEAD_LETTER_QUEUE,
  SERVER_INPUT_QUEUE,
} from "../shared/model/queue.ts";

/** What can be done, each with what its object is. */
export const ACTIONS = {
  register: "the id asked for, or `*`",
  unregister: "the id of the agent that speaks",
  heartbeat: "the id of the agent that speaks",
  receive_commands: "the id of the agent that speaks",
  report_command: "the id of the agent that speaks",
  publish: "a queue's name",
  consume: "a queue's name",
  read_roster: "an agent's or broker's id, or `*` for all",
  control_agent: "an agent's id, or `*` for all",
  send_message: "a receiver's id, or `*` when none is named",
  send_chunks: "the id of the agent that speaks",
  read_conversation: "a conversation's id, or `*`",
  change_conversation: "a conversation's id",
  read_queues: "`*`",
  reset_queues: "a dead letter's id, or `*` for all queues",
  command_agent: "an agent's id",
  read_commands: "a command's or an agent's id, or `*`",
  submit_task: "`*`",
  read_tasks: "a task's id, or `*`",
  change_task: "a task's id",
  work_on_tasks: "the id of the agent that speaks",
} as const;
export type Action = keyof typeof ACTIONS;

/** Throws `forbidden` unless `principal` may do `action` to `object`. */
export type Authorize = (principal: Principal, action: Action, object: string) => void;

/** Says who may: always, or when the object fits the principal. What a kind's row does not name, it may not. */
type Rule = true | ((principal: Principal, object: string) => boolean);
export type Table = Readonly<Record<PrincipalKind, Readonly<Partial<Record<Action, Rule>>>>>;

const ownId: Rule = (principal, object) => object === principal.id;

/**
 * Holds while nobody signs in: people may do everything that the interface offers; peers only what their part needs.
 * Which conversations an agent takes part in, the store decides.
 */
export const AUTHENTICATION_OFF: Table = {
  person: {
    register: true,
    read_roster: true,
    control_agent: true,
    send_message: true,
    read_conversation: true,
    change_conversation: true,
    read_queues: true,
    reset_queues: true,
    command_agent: true,
    read_commands: true,
    submit_task: true,
    read_tasks: true,
    change_task: true,
  },
  agent: {
    register: true,
    unregister: ownId,
    heartbeat: ownId,
    receive_commands: ownId,
    report_command: ownId,
    publish: (_, queue) => queue === BROKER_INPUT_QUEUE,
    consume: ({ id }, queue) => queue === agentQueue(id),
    read_roster: true,
    send_message: true,
    send_chunks: ownId,
    read_conversation: true,
    submit_task: true,
    read_tasks: true,
    change_task: true,
    work_on_tasks: ownId,
  },
  broker: {
    register: true,
    publish: (_, queue) => queue === SERVER_INPUT_QUEUE || queue === DEAD_LETTER_QUEUE,
    consume: (_, queue) => queue === BROKER_INPUT_QUEUE,
    read_roster: true,
  },
  server: {
    publish: true,
    consume: true,
    read_roster: true,
    control_agent: true,
    send_message: true,
    read_conversation: true,
    change_conversation: true,
    read_queues: true,
    reset_queues: true,
    command_agent: true,
    read_commands: true,
    submit_task: true,
    read_tasks: true,
    change_task: true,
  },
};

/** Names whom a caller claims to be, as which it is judged before it has shown anything. */
export function claimed(kind: PrincipalKind, id: string): Principal {
  return { kind, id, tenantId: DEFAULT_TENANT };
}

/** Makes the decision over one table. */
export function createAuthorize(table: Table = AUTHENTICATION_OFF): Authorize {
  return (principal, action, object) => {
    const rule = table[principal.kind][action];
    if (rule === true || (rule && rule(principal, object))) return;
    const who = `${principal.kind} ${principal.id}`;
    throw new ParleyError("forbidden", `The ${who} may not ${action.replace("_", " ")} '${object}'.`);
  };
}
