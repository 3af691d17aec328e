/** What an agent says of a task that it has, whichever way it says it. */
import { ParleyError } from "../../shared/error.ts";
import { requireFit } from "./new_task.ts";

export type TaskWord =
  | { kind: "started" }
  | { kind: "progressed"; progress?: number; note?: string; partial?: unknown }
  | { kind: "completed"; result: unknown }
  /** It has ended, with a result that cannot be read. */
  | { kind: "unreadable"; fault: ParleyError }
  | { kind: "failed"; error: string; code?: ParleyError["code"]; isFinal?: boolean }
  /** It gives the task back. */
  | { kind: "returned"; reason: string };

/** A word that can be taken for what it says. */
export type ReadableWord = Exclude<TaskWord, { kind: "unreadable" }>;

/** Checks that what is said can be read and kept. Throws what is wrong with it. */
export function requireReadable(word: TaskWord): asserts word is ReadableWord {
  if (word.kind === "unreadable") throw word.fault;
  if (word.kind === "completed") requireFit("result", word.result);
  if (word.kind === "progressed") requireFit("partial", word.partial);
}
