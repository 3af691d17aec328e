/** Who is there, live, for pages that only look: in a session of its own, to which nobody says anything else. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AgentInfo, AgentStatusUpdate } from "../../../shared/model/agent.ts";
import type { Message } from "../../../shared/model/message.ts";
import { Outbox } from "../chat/outbox.ts";
import { Batch } from "./batch.ts";
import { openKeep, partOf } from "./keep.ts";
import { updated } from "./roster.ts";
import { type Link, Session } from "./session.ts";
import { onWake } from "./wake.ts";

/** Begins with what the first paint knew; undefined where the server did not answer. Nothing happens until `open()`. */
export class RosterWatch {
  readonly link: Signal<Link> = signal({ state: "connecting" });
  readonly agents: Signal<readonly AgentInfo[]>;
  /** Whether the server did not answer when it was last asked. */
  readonly isServerAway: ReadonlySignal<boolean>;
  readonly #live = signal(false);
  #session: Session | undefined;

  constructor(first: readonly AgentInfo[] | undefined) {
    this.agents = signal(updated([], { is_full_update: true, agents: [...first ?? []] }));
    this.isServerAway = computed(() =>
      this.link.value.state === "waiting" || (!this.#live.value && first === undefined)
    );
  }

  /** Connects; `onBack` is called each time the server lets the page in. Gives the function that ends it. */
  open(onBack: () => void = () => {}): () => void {
    const storage = partOf(openKeep(), "watch");
    const batch = new Batch<Message>((frames) => this.#take(frames));
    const session = this.#session = new Session({
      url: location.origin.replace(/^http/, "ws") + "/ws",
      storage,
      outbox: new Outbox(storage),
      onLink: (link) => this.link.value = link,
      onFrame: (frame) => frame.message_type === "AGENT_STATUS_UPDATE" && batch.add(frame),
      onRegistered: onBack,
      onTooLong: () => {},
    });
    const asleep = onWake(() => this.retry());
    this.#live.value = true;
    session.start();
    return () => {
      session.stop();
      batch.stop();
      asleep();
    };
  }

  /** Tries to connect now rather than when the pause is over. */
  retry(): void {
    if (this.link.value.state === "waiting") this.#session?.start();
  }

  #take(frames: Message[]): void {
    this.agents.value = frames.reduce<readonly AgentInfo[]>(
      (agents, frame) => updated(agents, frame as unknown as AgentStatusUpdate),
      this.agents.value,
    );
  }
}
