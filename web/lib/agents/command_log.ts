/** An agent's commands as a page shows them: the list, what each prints, and whether that is heard now. */
import { type Signal, signal } from "@preact/signals";
import type { CommandRecord } from "../../../shared/model/command.ts";
import { newId } from "../chat/new_id.ts";
import { ask } from "../live/api.ts";
import { Batch } from "../live/batch.ts";
import { openEvents } from "../live/event_feed.ts";
import { SentOnce } from "../live/sent_once.ts";
import type { Listed } from "../server/server_api.ts";
import { caughtUp, ended, NO_OUTPUT, type Output, printed, type Stream } from "./output.ts";
import { PagedList } from "./paged_list.ts";
import { listPath } from "./views.ts";

type Frame =
  | { message_type: "COMMAND_UPDATE"; command: CommandRecord }
  | { message_type: "COMMAND_OUTPUT"; command_id: string; text: string; stream: Stream };

const OPEN = new Set(["waiting", "awaiting_approval", "running"]);

/** Tells whether something more happens to a command. */
export function isOpen({ status }: Pick<CommandRecord, "status">): boolean {
  return OPEN.has(status);
}

/** Nothing happens until `open()`. */
export class CommandLog {
  readonly list: PagedList<CommandRecord>;
  /** Whether what happens to commands is heard as it happens. */
  readonly isHeard = signal(false);
  /** Those that this page started: they are shown at once. */
  readonly #own = new Set<string>();
  readonly #once = new SentOnce(() => newId("cmd"));
  readonly #outputs = new Map<string, Signal<Output>>();

  constructor(private readonly agentId: string, first: Listed<CommandRecord> | undefined) {
    this.list = new PagedList(first, listPath("commands", agentId)!, ({ command_id }) => command_id);
  }

  /** Gives what a command printed. */
  outputOf(command: CommandRecord): Signal<Output> {
    const known = this.#outputs.get(command.command_id);
    if (known) return known;
    const output = signal(outputNow(NO_OUTPUT, command));
    this.#outputs.set(command.command_id, output);
    return output;
  }

  /** Listens. Gives the function that ends it. */
  open(): () => void {
    const batch = new Batch<Frame>((frames) => this.#hear(frames));
    const end = openEvents({
      url: `/api/command-events?${new URLSearchParams({ agent: this.agentId })}`,
      onEvent: (data) => batch.add(data as Frame),
      onOpen: () => {
        this.isHeard.value = true;
        void this.#readAgain().catch(() => {/* the stream breaks, too, and comes back */});
      },
      onLost: () => this.isHeard.value = false,
    });
    return () => {
      end();
      batch.stop();
    };
  }

  /** Has the agent carry out what `request` says. Sent again after a broken connection, it runs once. */
  start(request: Record<string, unknown>): Promise<string> {
    const path = `/api/agents/${encodeURIComponent(this.agentId)}/commands`;
    return this.#once.send(request, async (command_id) => {
      this.#own.add(command_id);
      await ask(path, { method: "POST", body: { ...request, command_id } });
      await this.read(command_id);
    });
  }

  /** Reads a command with all of its output that there is. */
  async read(id: string): Promise<CommandRecord> {
    const command = await ask<CommandRecord>(`/api/commands/${encodeURIComponent(id)}`);
    this.#take([command]);
    return command;
  }

  /** Cancels, approves or denies; what was approved or denied is named by its digest. */
  async act(command: CommandRecord, action: "cancel" | "approve" | "deny"): Promise<void> {
    const path = `/api/commands/${encodeURIComponent(command.command_id)}/${action}`;
    const body = action === "cancel" ? {} : { digest: command.approval?.digest };
    this.#take([await ask<CommandRecord>(path, { method: "POST", body })]);
  }

  /** The stream tells only of what has not ended: what ended meanwhile is read. */
  async #readAgain(): Promise<void> {
    const shown = this.list.items.value;
    const open = [...shown ?? [], ...this.list.news.value].filter(isOpen);
    await this.list.refresh();
    await Promise.all(open.map(({ command_id }) => this.read(command_id)));
  }

  #hear(frames: Frame[]): void {
    for (const frame of frames) {
      if (frame.message_type === "COMMAND_UPDATE") this.#take([frame.command]);
      if (frame.message_type === "COMMAND_OUTPUT") {
        const output = this.#outputs.get(frame.command_id);
        if (output) output.value = printed(output.value, frame.text, frame.stream);
      }
    }
  }

  #take(commands: readonly CommandRecord[]): void {
    for (const command of commands) this.#print(command);
    for (const command of commands) if (this.#isNewOwn(command)) this.list.put(command);
    this.list.take(commands.filter((command) => !this.#isFurtherBack(command)));
  }

  #isNewOwn({ command_id: id }: CommandRecord): boolean {
    return this.#own.has(id) && !this.list.items.value?.some(({ command_id }) => command_id === id);
  }

  /** Older than what is shown: "Show more" comes to it. */
  #isFurtherBack({ created_at }: CommandRecord): boolean {
    const last = this.list.items.value?.at(-1);
    return last !== undefined && this.list.cursor.value !== null && created_at < last.created_at;
  }

  #print(command: CommandRecord): void {
    const output = this.outputOf(command);
    output.value = outputNow(output.value, command);
  }
}

function outputNow(output: Output, command: CommandRecord): Output {
  const now = caughtUp(output, command.output, command.truncated_bytes > 0);
  return isOpen(command) ? now : ended(now);
}
