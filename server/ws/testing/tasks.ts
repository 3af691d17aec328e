/** Tasks on sockets, for tests: asked for, told, and worked on by a plain agent. */
import type { TaskRecord } from "../../../shared/model/task.ts";
import type { Client, Frame } from "../../testing/client.ts";
import type { Hub } from "../../testing/hub.ts";

/** Asks for a task that `worker` can do. */
export const CARVE = { message_type: "TASK_REQUEST", task_type: "carve" };

/** Gives the task that a frame tells of. */
export const task = (frame: Frame) => frame.task as TaskRecord;

/** Waits until `client` is told of a task that fits. */
export const told = (client: Client, fits: (task: TaskRecord) => boolean) =>
  client.next((frame) => frame.message_type === "TASK_UPDATE" && fits(task(frame)));

/** Lists how `client` was told a task stands, in order. */
export const updates = (client: Client, taskId: string) =>
  client.frames.filter((frame) => frame.message_type === "TASK_UPDATE" && task(frame).task_id === taskId)
    .map((frame) => `${task(frame).status} ${task(frame).progress}`);

/** Waits until what was sent before is worked off. */
export const settled = (client: Client) => client.ask({ message_type: "PING" }, "PONG");

/** Sends a request that names itself, and waits for what answers it. */
export function answerTo(client: Client, frame: Record<string, unknown>): Promise<Frame> {
  client.send(frame);
  return client.next(({ request_id }) => request_id === frame.request_id);
}

let requests = 0;

/** Sends a request about a task, and gives the task that it is answered with. */
export const request = async (client: Client, fields: object) =>
  task(await answerTo(client, { ...fields, request_id: `r${++requests}` }));

/** Has a plain agent come that takes two tasks at once. */
export const worker = (hub: Hub, fields: object = {}) =>
  hub.agent({ agent_id: "agent_w", capabilities: ["carve"], max_concurrent_tasks: 2, ...fields });
