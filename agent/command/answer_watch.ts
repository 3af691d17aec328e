/**
 * When the runner has to say something: it ends programs in time, so one that says nothing past every time is frozen,
 * and what it runs would go on for ever. Pure but for the timers.
 */
import { GRACE_MS } from "./process_tree.ts";
import type { RunnerEvent, RunnerRequest } from "./frames.ts";

/** How much later than its time a word of the runner may come, in milliseconds. */
const LATE_MS = 15_000;

type Phase = "asked" | "waits" | "runs" | "ends";

export class AnswerWatch implements Disposable {
  readonly #commands = new Map<string, { phase: Phase; timer: ReturnType<typeof setTimeout> }>();

  /** `onLate` is called when a command's word is overdue. */
  constructor(private readonly onLate: () => void, private readonly lateMs = LATE_MS) {}

  /** Notes what the runner is asked. */
  asked({ do: what, id }: RunnerRequest): void {
    const phase = this.#commands.get(id)?.phase;
    // Each of these, and none else, is answered: a command that runs is not approved again.
    if (what === "run" && phase === undefined) this.#expect(id, "asked", 0);
    else if (what === "cancel" && phase !== undefined && phase !== "ends") {
      this.#expect(id, "ends", 2 * GRACE_MS);
    } else if ((what === "approve" || what === "deny") && phase === "waits") this.#expect(id, "asked", 0);
  }

  /** Notes what the runner says. */
  heard(event: RunnerEvent): void {
    if (!("id" in event) || !this.#commands.has(event.id)) return;
    if (event.is === "ended") return this.#forget(event.id);
    if (this.#commands.get(event.id)!.phase === "ends") return;
    if (event.is === "approval") this.#expect(event.id, "waits", event.expiresInMs);
    if (event.is === "started") this.#expect(event.id, "runs", event.timeoutMs + 2 * GRACE_MS);
  }

  /** Waits for nothing any more. */
  [Symbol.dispose](): void {
    for (const id of [...this.#commands.keys()]) this.#forget(id);
  }

  #expect(id: string, phase: Phase, withinMs: number): void {
    this.#forget(id);
    this.#commands.set(id, { phase, timer: setTimeout(this.onLate, withinMs + this.lateMs) });
  }

  #forget(id: string): void {
    clearTimeout(this.#commands.get(id)?.timer);
    this.#commands.delete(id);
  }
}
