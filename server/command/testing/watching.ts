/** Watches one command for a test, as a frontend does that asked to be told of it. */
import type { CommandRecord } from "../../../shared/model/command.ts";
import type { CommandCenter } from "../center.ts";
import { ADA } from "./rig.ts";

export class Watching implements Disposable {
  readonly frames: Record<string, unknown>[] = [];
  readonly isBehind = false;
  readonly #watching: Disposable;
  #arrived = Promise.withResolvers<void>();

  constructor(watchers: CommandCenter["watchers"], commandId: string) {
    this.#watching = watchers.add(ADA, { commandId }, this);
  }

  send(frame: string): void {
    this.frames.push(JSON.parse(frame));
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  caughtUp(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Resolves with the command once it has the status. */
  async status(status: string): Promise<CommandRecord> {
    for (;;) {
      const commands = this.frames.map(({ command }) => command as CommandRecord | undefined);
      const found = commands.find((command) => command?.status === status);
      if (found) return found;
      await this.#arrived.promise;
    }
  }

  /** Resolves with what was printed once that is so many pieces. */
  async printed(pieces: number): Promise<string> {
    for (;;) {
      const texts = this.frames.flatMap(({ text }) => typeof text === "string" ? [text] : []);
      if (texts.length >= pieces) return texts.join("");
      await this.#arrived.promise;
    }
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
  }
}
