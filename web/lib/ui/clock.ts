/** What time it is on a page: it goes on while the page is at work in a browser. */
import { type Signal, signal } from "@preact/signals";

const TICK_MS = 1_000;

/** Stands still at `now`, the server's time of the first paint, until `start()`. */
export class PageClock {
  readonly now: Signal<number>;
  /** Whether this page is at work in a browser, and so knows its reader's time zone. */
  readonly live = signal(false);

  constructor(now: number) {
    this.now = signal(now);
  }

  /** Goes on from the browser's own time. Gives the function that ends it. */
  start(): () => void {
    const tick = () => this.now.value = Date.now();
    const timer = setInterval(tick, TICK_MS);
    this.live.value = true;
    tick();
    return () => clearInterval(timer);
  }
}
