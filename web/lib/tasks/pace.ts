/** Something that is done soon after it is asked for, and no more often than is good for the server. */

const PAUSE_MS = 1_000;

/** Does `work` once for all who ask within `pauseMs`; what fails is left until somebody asks again. */
export class Pace {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;
  #isAskedAgain = false;

  constructor(private readonly work: () => Promise<unknown>, private readonly pauseMs = PAUSE_MS) {}

  ask(): void {
    if (this.#isBusy) this.#isAskedAgain = true;
    else this.#timer ??= setTimeout(() => this.#run(), this.pauseMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isAskedAgain = false;
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isBusy = true;
    await this.work().catch(() => {});
    this.#isBusy = false;
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.ask();
  }
}
