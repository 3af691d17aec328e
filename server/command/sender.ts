/** Commands on their way to their agents: each is kept as sent, then sent, and never sent again. */
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Clock } from "../presence/clock.ts";
import type { Ledger } from "./ledger.ts";
import type { OpenCommand } from "./open_command.ts";
import type { Reach } from "./reach.ts";
import { decide } from "./transition.ts";

export interface SenderOptions {
  ledger: Ledger;
  reach: Reach;
  clock: Clock;
}

/** Disposing lets nothing be sent any more. */
export class Sender implements Disposable {
  #isClosed = false;

  constructor(private readonly options: SenderOptions) {}

  /** Keeps a new command and sends it, or keeps it until its agent is there; in its turn. Throws what `Ledger.add` throws. */
  async add(record: CommandRecord): Promise<CommandRecord> {
    const { ledger, reach, clock } = this.options;
    if (!reach.isOpen(record.agent_id)) {
      const open = await ledger.add(record);
      await this.#send(open);
      return open.record;
    }
    // One write keeps it, as sent.
    const sent = decide(record, { kind: "sent" }, clock.now());
    const open = await ledger.add({ ...record, ...(sent.refusal ? {} : sent.change) });
    await this.#write(open);
    return open.record;
  }

  /** Sends a command that another server has kept, or keeps it until its agent is there; in its turn. */
  async sendKept(open: OpenCommand): Promise<void> {
    const { ledger, reach } = this.options;
    const mayWait = open.record.if_offline === "wait" && !reach.isOpen(open.record.agent_id);
    if (this.#isClosed || open.record.status !== "waiting" || mayWait) return;
    await ledger.happen(open, { kind: "sent" });
    await this.#write(open);
  }

  /** Sends what waits for an agent, in the order in which it was asked for. */
  async sendWaiting(agentId: string): Promise<void> {
    const { ledger } = this.options;
    const waiting = ledger.all(agentId).filter(({ record }) => record.status === "waiting");
    for (const open of waiting) await ledger.turn(open.record.command_id, () => this.#send(open));
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
  }

  /** Notes that a command is sent, then sends it: killed in between, it was perhaps sent, and is not sent again. */
  async #send(open: OpenCommand): Promise<void> {
    const { ledger, reach } = this.options;
    if (this.#isClosed || open.record.status !== "waiting" || !reach.isOpen(open.record.agent_id)) return;
    await ledger.happen(open, { kind: "sent" });
    await this.#write(open);
  }

  async #write(open: OpenCommand): Promise<void> {
    const { ledger, reach } = this.options;
    open.isWritten = !this.#isClosed && reach.tell(open, { run: true });
    if (!open.isWritten) await ledger.happen(open, { kind: "not_sent" });
  }
}
