/** One open stream or socket of a peer: while it stands, its peer's id is in use. */
import type { ParleyError } from "../../shared/error.ts";

/** What a connection that is presence can be: the command stream, the hub bus, a broker's status stream, a WebSocket. */
export type ConnectionKind = "commands" | "hub" | "status" | "socket";

export interface ConnectionOptions {
  /** `replies` is no presence: an agent may write several replies, and none of them holds its id. */
  kind: ConnectionKind | "replies";
  /** Whether it was opened with its peer's session key: then the key is needed for what is done in the peer's name. */
  isKeyed: boolean;
  onBroken: (connection: Connection) => void;
}

/** Dispose of it when the stream breaks: that shows its peer offline at once. */
export class Connection implements Disposable {
  readonly #ended = new AbortController();
  readonly kind: ConnectionOptions["kind"];
  readonly isKeyed: boolean;
  #onBroken: ((connection: Connection) => void) | undefined;

  constructor({ kind, isKeyed, onBroken }: ConnectionOptions) {
    this.kind = kind;
    this.isKeyed = isKeyed;
    this.#onBroken = onBroken;
  }

  /**
   * Aborts when the roster gives the connection up (its peer unregistered, opened another of the kind, or lost its
   * id to another): end the stream. The reason is a `ParleyError`.
   */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Gives the connection up: whoever holds it is told by `ended`, and its end changes nothing any more. */
  giveUp(reason: ParleyError): void {
    this.#onBroken = undefined;
    this.#ended.abort(reason);
  }

  [Symbol.dispose](): void {
    const onBroken = this.#onBroken;
    this.#onBroken = undefined;
    onBroken?.(this);
  }
}
