/** Time, as something that is handed in, so that tests set it instead of waiting for it. */

export interface Clock {
  /** Milliseconds since 1970, for stamps: it may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some moment, for durations: it only goes forward, and evenly. */
  ticks(): number;
  /** Calls `run` once, `delayMs` milliseconds from now, unless what it returns is disposed of first. */
  after(delayMs: number, run: () => void): Disposable;
}

/** The longest delay that the system's timers take, in milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Tells the system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, LONGEST_DELAY_MS));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Calls `run` every `ms` milliseconds, the first time after `ms`, until what it returns is disposed of. */
export function every(clock: Clock, ms: number, run: () => void): Disposable {
  let next: Disposable;
  const wait = () => {
    next = clock.after(ms, () => {
      wait();
      run();
    });
  };
  wait();
  return { [Symbol.dispose]: () => next[Symbol.dispose]() };
}
