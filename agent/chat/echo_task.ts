/** The echo agent's task, with which a newcomer sees a form, progress and a result. */
import * as z from "zod";
import { pause } from "../../shared/pause.ts";
import type { Agent } from "../agent.ts";
import type { Task } from "../task/context.ts";

const parameters = z.object({
  text: z.string().min(1).max(10_000).describe("What to say again"),
  times: z.int().min(1).max(20).default(1).describe("How often"),
  pause_s: z.number().min(0).max(10).default(0).describe("Seconds before each time"),
});
type EchoParameters = z.output<typeof parameters>;

/** Has `agent` take tasks of the type `echo`. */
export function takeEchoTasks(agent: Agent): void {
  const description = "Says a text again, as often as you like: to see how tasks go.";
  agent.onTask("echo", { description, parameters }, sayAgain);
}

/** Says the text once after another, and gives all that was said. */
export async function sayAgain(
  { parameters: { text, times, pause_s }, progress, signal }: Pick<
    Task<EchoParameters>,
    "parameters" | "progress" | "signal"
  >,
): Promise<{ said: string[] }> {
  const said: string[] = [];
  while (said.length < times) {
    if (pause_s > 0) await pause(pause_s * 1_000, signal);
    signal.throwIfAborted();
    said.push(text);
    progress(said.length / times, `${said.length} of ${times}`, { said });
  }
  return { said };
}
