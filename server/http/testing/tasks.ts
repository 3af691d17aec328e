/** Tasks over HTTP, for tests: asked for and answered, and worked on by an agent on a socket. */
import assert from "node:assert/strict";
import type { TaskRecord } from "../../../shared/model/task.ts";
import type { Client, Frame } from "../../testing/client.ts";
import type { Hub } from "../../testing/hub.ts";
import { askFor } from "./ask.ts";

/** What any answer about tasks may hold. */
export type Body = TaskRecord & {
  detail: string;
  code: string;
  items: Body[];
  waiting_reason: string | null;
  subtask_ids: string[];
  left_out?: string[];
};

export const ask: typeof askFor<Body> = askFor;

/** What people's programs are answered with: these numbers are promised. */
const STATUS = {
  invalid_json: 400,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  invalid_message: 422,
} as const;

export type Refusal = keyof typeof STATUS;

/** Resolves when an answer is a refusal with `code` and its status, whose sentence names what is wrong. */
export async function refuses(asked: ReturnType<typeof ask>, code: Refusal, names: string): Promise<void> {
  const { status, body } = await asked;
  assert.deepEqual([status, body.code], [STATUS[code], code], body.detail);
  assert.ok(body.detail.includes(names), body.detail);
}

/** Gives the task that a frame tells of. */
export const task = ({ task }: Frame) => task as TaskRecord;

/** Waits until a frontend is told that a task is so. */
export const update = (client: Client, status: string) =>
  client.next((frame) => frame.message_type === "TASK_UPDATE" && task(frame).status === status);

/** Has an agent on a socket that takes two at once work on whatever it is given, when the test says so. */
export const worker = (hub: Hub) =>
  hub.agent({ agent_id: "agent_w", capabilities: ["stone", "carve"], max_concurrent_tasks: 2 });
