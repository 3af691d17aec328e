/** Who watches things that change: told of every change as fast as each can read. */
import { ParleyError, retryable } from "../shared/error.ts";
import type { Principal } from "../shared/model/principal.ts";
import { pause } from "../shared/pause.ts";

/** How long to wait where the store could not say how something stands, in milliseconds. */
const AGAIN_MS = 1_000;

/** A reader; `send` never blocks. */
export interface WatcherSink<Frame = string> {
  send(frame: Frame): void;
  /** Whether so much waits to be sent that the reader does not keep up. */
  readonly isBehind: boolean;
  /** Resolves once it has caught up, or is over; then with false. */
  caughtUp(): Promise<boolean>;
}

/** What is watched: things with an id, of which watchers ask for some. */
export interface WatchedKind<Thing, Watched, Frame> {
  idOf(thing: Thing): string;
  /** Gives a thing as it stands, for those who missed something of it; it is asked again where it throws what may pass. */
  find(id: string): Promise<Thing | undefined>;
  /** Writes how a thing stands. */
  frameOf(thing: Thing): Frame;
  /** Tells whether a thing is what is asked for. */
  matches(watched: Watched, thing: Thing): boolean;
  maySee(principal: Principal, thing: Thing): boolean;
  /** How long somebody who is behind is left alone between two things, in milliseconds; 0 where they are small. */
  readonly catchUpMs: number;
}

interface Watcher<Watched, Frame> {
  principal: Principal;
  watched: Watched;
  sink: WatcherSink<Frame>;
  /** The ids of what it was not told of yet, or missed something of; undefined while it keeps up. */
  missed: Set<string> | undefined;
  readonly ended: AbortController;
}

/** What a watcher asked for. Disposing ends it. */
export interface Watching extends Disposable {
  /** Tells how each of these things stands, as fast as the watcher can read that. */
  show(ids: readonly string[]): void;
}

/**
 * Makes each frame once, for however many watch. A watcher that does not keep up misses what happens, and is told how
 * each thing stands once it has caught up.
 */
export class Watchers<Thing, Watched, Frame = string> {
  readonly #watchers = new Set<Watcher<Watched, Frame>>();

  constructor(private readonly kind: WatchedKind<Thing, Watched, Frame>) {}

  /**
   * Tells `sink` how each of the things `first` stands, as fast as it can read that, and from now on what happens to
   * what `principal` may see of `watched`. Dispose of the result to end that.
   */
  add(
    principal: Principal,
    watched: Watched,
    sink: WatcherSink<Frame>,
    first: readonly string[] = [],
  ): Watching {
    const watcher = { principal, watched, sink, missed: undefined, ended: new AbortController() };
    this.#watchers.add(watcher);
    this.#show(watcher, first);
    return {
      show: (ids) => this.#show(watcher, ids),
      [Symbol.dispose]: () => {
        this.#watchers.delete(watcher);
        watcher.ended.abort();
      },
    };
  }

  /** Tells whether somebody watches a thing, so that nothing is made for nobody. */
  hasFor(thing: Thing): boolean {
    for (const watcher of this.#watchers) if (this.#concerns(watcher, thing)) return true;
    return false;
  }

  /** Tells how a thing stands now. */
  changed(thing: Thing): void {
    this.tell(thing, () => this.kind.frameOf(thing));
  }

  /** Tells of something that happened to a thing; whoever is behind is told how it stands instead. */
  tell(thing: Thing, make: () => Frame): void {
    const frame = once(make);
    for (const watcher of this.#watchers) {
      if (!this.#concerns(watcher, thing)) continue;
      if (watcher.missed || watcher.sink.isBehind) this.#note(watcher, thing);
      else watcher.sink.send(frame());
    }
  }

  #concerns({ principal, watched }: Watcher<Watched, Frame>, thing: Thing): boolean {
    return this.kind.matches(watched, thing) && this.kind.maySee(principal, thing);
  }

  #show(watcher: Watcher<Watched, Frame>, ids: readonly string[]): void {
    if (ids.length === 0) return;
    const isNew = watcher.missed === undefined;
    const missed = watcher.missed ??= new Set();
    for (const id of ids) missed.add(id);
    if (isNew) void this.#catchUp(watcher, missed.size);
  }

  #note(watcher: Watcher<Watched, Frame>, thing: Thing): void {
    const isNew = watcher.missed === undefined;
    (watcher.missed ??= new Set()).add(this.kind.idOf(thing));
    if (isNew) void this.#catchUp(watcher);
  }

  /** One thing after the other, each when there is room for it, and not too often again where it may be large. */
  async #catchUp(watcher: Watcher<Watched, Frame>, firstShown = 0): Promise<void> {
    const { ended: { signal }, sink } = watcher;
    const { catchUpMs } = this.kind;
    for (let shown = 1; !signal.aborted && watcher.missed && await sink.caughtUp(); shown++) {
      const [id] = watcher.missed;
      if (id === undefined) watcher.missed = undefined;
      else await this.#showAgain(watcher, id);
      if (watcher.missed && shown > firstShown && catchUpMs > 0) await pause(catchUpMs, signal);
    }
  }

  async #showAgain({ missed, sink, ended }: Watcher<Watched, Frame>, id: string): Promise<void> {
    // What happens to it from here on is missed anew.
    missed?.delete(id);
    try {
      const thing = await this.kind.find(id);
      if (thing && !ended.signal.aborted) sink.send(this.kind.frameOf(thing));
    } catch (thrown) {
      if (!retryable(ParleyError.from(thrown).code)) return;
      // It may have ended: then nobody would ever say so.
      missed?.add(id);
      await pause(AGAIN_MS, ended.signal);
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
