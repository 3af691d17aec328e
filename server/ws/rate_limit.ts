/** How much one client may send: a bucket of tokens that fills at an even rate. */

/** Holds at most one second's worth of tokens. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number;

  /** `perSecond`: tokens that come in a second. `nowMs` is any clock that never goes back. */
  constructor(readonly perSecond: number, nowMs = performance.now()) {
    this.#tokens = perSecond;
    this.#filledAtMs = nowMs;
  }

  /** Takes one token. Gives 0, or the milliseconds until there is one. */
  take(nowMs = performance.now()): number {
    const gained = (nowMs - this.#filledAtMs) / 1000 * this.perSecond;
    this.#tokens = Math.min(this.perSecond, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) / this.perSecond * 1000);
    this.#tokens--;
    return 0;
  }

  /** Tells whether nothing was taken lately: a bucket that is full can be forgotten. */
  isFull(nowMs = performance.now()): boolean {
    return this.#tokens + (nowMs - this.#filledAtMs) / 1000 * this.perSecond >= this.perSecond;
  }
}
