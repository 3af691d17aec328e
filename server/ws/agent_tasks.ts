/** What agents on sockets say of the tasks that they have. */
import type { TaskCenter } from "../task/center.ts";
import { isForServer } from "../task/post.ts";
import { saidIn } from "../task/spoken.ts";
import type { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { namesOf, type SocketTasks } from "./tasks.ts";

interface Teller {
  agentId: string;
  connection: Connection;
  tasks: SocketTasks;
}

/**
 * Takes what an agent says of a task of its own, and answers it where it has a `request_id`: then it is kept. What is
 * wrong with it is told with what names it. Resolves to false for what is for others (`isForServer`).
 */
export async function takeSaid(
  center: TaskCenter,
  { agentId, connection, tasks }: Teller,
  frame: Frame,
): Promise<boolean> {
  try {
    if (!await isForServer(center, frame, agentId)) return false;
    const { taskId, attempt, word } = saidIn(frame);
    const task = await center.agents.report({ agentId, attempt }, taskId, word);
    if (frame.request_id !== undefined) tasks.answer(frame, task);
  } catch (thrown) {
    connection.fail(thrown, namesOf(frame));
  }
  return true;
}
