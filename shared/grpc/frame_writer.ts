/** Frames of one stream that are ready together travel in one gRPC message: each message costs far more than a frame. */
import { clearImmediate, setImmediate } from "node:timers";

/** A message is not made larger than this many characters or bytes by gathering; one frame alone may be. */
const GATHER_BYTES = 256 * 1024;

/** Writes the first frame of a turn of the event loop at once, and those that follow together when the turn ends. */
export class FrameWriter<Frame> implements Disposable {
  #waiting: Frame[] = [];
  #bytes = 0;
  #endOfTurn: ReturnType<typeof setImmediate> | undefined;

  constructor(private readonly write: (frames: Frame[]) => void) {}

  /** Writes `frame` after those before it; `bytes` is about how large it is. */
  send(frame: Frame, bytes = 0): void {
    if (this.#bytes + bytes > GATHER_BYTES) this.#write();
    this.#waiting.push(frame);
    this.#bytes += bytes;
    if (this.#endOfTurn) return;
    this.#endOfTurn = setImmediate(() => this.flush());
    this.#write();
  }

  /** Writes what is gathered now. */
  flush(): void {
    clearImmediate(this.#endOfTurn);
    this.#endOfTurn = undefined;
    this.#write();
  }

  /** Forgets what is gathered: the stream is gone. */
  [Symbol.dispose](): void {
    clearImmediate(this.#endOfTurn);
    this.#waiting = [];
  }

  #write(): void {
    if (this.#waiting.length === 0) return;
    const frames = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.write(frames);
  }
}
