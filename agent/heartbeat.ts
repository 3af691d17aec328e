/** Tells the server how the agent is: at the interval the server asks for, and soon after something changed. */
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { pause } from "../shared/pause.ts";

/** A change that lasts this long is told; a request answered faster than that is nobody's news. */
const SETTLED_MS = 200;
/** Changes within this time are told together. */
const CLOSEST_MS = 1_000;

const log = logOf("agent", "heartbeat");

export interface HeartbeatOptions {
  /** Sends one heartbeat; resolves with the seconds until the next one is due. */
  send: () => Promise<number>;
  /** Called when the server does not know the agent (any more). */
  onUnknown: () => void;
  /** Seconds between heartbeats until the server says otherwise. */
  intervalS: number;
}

/** Beats from `run()` until its signal aborts. A heartbeat that is not answered is sent again at the next turn. */
export class Heartbeat {
  #changed = new AbortController();

  constructor(private readonly options: HeartbeatOptions) {}

  /** Has the next heartbeat sent soon. */
  change(): void {
    // Aborting makes an exception, also when it was done before.
    if (!this.#changed.signal.aborted) this.#changed.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    let intervalS = this.options.intervalS;
    while (!signal.aborted) {
      this.#changed = new AbortController();
      intervalS = await this.#beat() || intervalS;
      await pause(CLOSEST_MS, signal);
      await pause(intervalS * 1_000 - CLOSEST_MS, AbortSignal.any([signal, this.#changed.signal]));
      if (this.#changed.signal.aborted) await pause(SETTLED_MS, signal);
    }
  }

  async #beat(): Promise<number> {
    try {
      return await this.options.send();
    } catch (thrown) {
      const error = ParleyError.from(thrown);
      if (error.code === "not_found") this.options.onUnknown();
      else log.debug("A heartbeat was not answered: {reason}", { reason: error.message });
      return 0;
    }
  }
}
