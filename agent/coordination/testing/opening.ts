/** Somebody who asks for one type of messages again and again, for tests: what is of another type has to outlive that. */
import type { MessageQueueManager } from "../message_queue_manager.ts";

/** More than the attempts that a message has. */
const OFTEN = 6;

/** Has the messages for `bob` taken and kept back, each time by another object that is then disposed of. */
export async function openOften(open: () => MessageQueueManager): Promise<void> {
  for (let count = 0; count < OFTEN; count++) {
    await using queue = open();
    await queue.getMessages("bob", { types: ["TASK_RESPONSE"], blockMs: 100 });
  }
}
