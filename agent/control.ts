/** Commands that are about the agent itself: to pause, to stop a reply, to end. */
import { ParleyError } from "../shared/error.ts";
import type { Command } from "../shared/grpc/gen/agent_registration.ts";

export interface AgentControlOptions {
  /** Stops the reply that has one of these ids, or answers the request that has; tells whether there is one. */
  stopReply: (ids: (string | undefined)[]) => boolean;
  /** Called when the agent is to end, after the command was answered. */
  onShutdown: () => void;
  /** Called when the agent was paused or resumed. */
  onChange: () => void;
}

export class AgentControl {
  #isPaused = false;

  constructor(private readonly options: AgentControlOptions) {}

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Forgets what the server said: whether the agent is paused, it says each time the command stream is opened. */
  reset(): void {
    this.#isPaused = false;
  }

  /** Carries out what is about the agent itself; undefined where a command is about something else. Throws why it fails. */
  obey({ type, parameters }: Command): string | undefined {
    switch (type.toLowerCase()) {
      case "stop_reply":
        return this.#stopReply(parameters);
      case "pause":
        return this.#pause(true);
      case "resume":
        return this.#pause(false);
      case "shutdown":
        queueMicrotask(this.options.onShutdown);
        return "ending";
    }
  }

  #pause(isPaused: boolean): string {
    this.#isPaused = isPaused;
    this.options.onChange();
    return isPaused ? "paused" : "resumed";
  }

  #stopReply({ message_id, in_reply_to_message_id }: Record<string, string>): string {
    if (this.options.stopReply([message_id, in_reply_to_message_id])) return "stopped";
    throw new ParleyError("not_found", "No such reply is being written here.");
  }
}
