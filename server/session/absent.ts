/** A session that another server has: what is shown to it is left for that server, which numbers its frames. */
import type { Message } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { Errands } from "../errands.ts";
import type { Reader } from "./session.ts";

export class AbsentSession implements Reader {
  readonly principal: Principal;
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: string,
    private readonly serverId: string,
    private readonly errands: Pick<Errands, "leave">,
  ) {
    this.principal = { kind: "person", id, tenantId: DEFAULT_TENANT };
  }

  show(message: Message): void {
    this.#leave(message, false);
  }

  showAgain(message: Message): void {
    this.#leave(message, true);
  }

  async kept(): Promise<void> {
    await this.#leaving;
  }

  #leave(message: Message, again: boolean): void {
    const left = this.errands.leave(this.serverId, { kind: "show", frontendId: this.id, message, again });
    const leaving = this.#leaving = Promise.all([this.#leaving, left]);
    leaving.catch(() => {/* `kept` tells it */});
  }
}
