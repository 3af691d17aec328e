/** The runner's work: decides what is asked by its own policy, has people approve what they must, and runs it. */
import type { ErrorCode } from "../../shared/error.ts";
import { decide } from "./decision.ts";
import { type Outcome, type RunnerEvent, type RunnerRequest, withoutRunning } from "./frames.ts";
import { digestOf, type Plan, type Surroundings } from "./plan.ts";
import type { Policy } from "./policy.ts";
import { type EndedBy, runProgram } from "./program.ts";
import type { Warden } from "./warden.ts";

export interface CommandRunnerOptions {
  policy: Policy;
  surroundings: Surroundings;
  /** Begins the mark of every process that this runner starts. */
  mark: string;
  folder: () => Promise<string>;
  warden: Pick<Warden, "tell"> | undefined;
  /** Tells the agent; resolves when it has room for more. */
  tell: (event: RunnerEvent) => Promise<void>;
}

/** A command that waits for a person. */
interface Waiting {
  plan: Plan;
  digest: string;
  expiresAtMs: number;
  expiry: ReturnType<typeof setTimeout>;
}

interface Running {
  end: AbortController;
  over: Promise<void>;
}

export class CommandRunner {
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<string, Running>();
  #started = 0;
  #stopped = false;

  constructor(private readonly options: CommandRunnerOptions) {}

  handle(request: RunnerRequest): void {
    switch (request.do) {
      case "run":
        return this.#ask(request);
      case "approve":
        return this.#approve(request);
      case "deny":
        return this.#deny(request);
      case "cancel":
        return this.#cancel(request.id);
    }
  }

  /** Refuses a command that came in a way that cannot be understood. Tells whether there was an id to refuse it by. */
  refuseUnreadable(id: string | undefined): boolean {
    if (id === undefined) return false;
    if (!this.#waiting.has(id) && !this.#running.has(id)) {
      this.#refuse(
        id,
        "invalid_message",
        "The command came to the runner in a way that it does not understand.",
      );
    }
    return true;
  }

  /** Ends every command with all its processes. Resolves when they are gone and that is told. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const id of [...this.#waiting.keys()]) {
      this.#endWaiting(
        id,
        withoutRunning("cancelled", "cancelled", "The agent ended before anybody approved this."),
      );
    }
    for (const { end } of this.#running.values()) end.abort("stop" satisfies EndedBy);
    await Promise.all([...this.#running.values()].map(({ over }) => over));
  }

  #ask(request: RunnerRequest & { do: "run" }): void {
    const { id } = request;
    if (this.#waiting.has(id) || this.#running.has(id)) return;
    const { policy, surroundings } = this.options;
    const decision = decide(policy, { ...request, commandId: id }, surroundings);
    if (decision.kind === "refuse") return this.#refuse(id, decision.code, decision.reason);
    if (decision.plan.approve) this.#wait(id, decision.plan);
    else this.#run(id, decision.plan);
  }

  #wait(id: string, plan: Plan): void {
    const { approvalExpiresMs: ms, maxConcurrent } = this.options.policy;
    if (this.#waiting.size >= maxConcurrent * 10) {
      return this.#refuse(
        id,
        "rate_limited",
        "Too many commands wait for a person here. Send it again later.",
      );
    }
    const expiry = setTimeout(() => this.#endWaiting(id, this.#expired()), ms);
    this.#waiting.set(id, { plan, digest: digestOf(plan, id), expiresAtMs: Date.now() + ms, expiry });
    this.#tellWaiting(id);
  }

  #expired(): Outcome {
    const seconds = this.options.policy.approvalExpiresMs / 1_000;
    return withoutRunning(
      "failed",
      "timeout",
      `Nobody approved the command within ${seconds} s. Send it again.`,
    );
  }

  #tellWaiting(id: string): void {
    const { plan: { description }, digest, expiresAtMs } = this.#waiting.get(id)!;
    const expiresInMs = Math.max(1, expiresAtMs - Date.now());
    void this.options.tell({ is: "approval", id, digest, description, expiresInMs });
  }

  #approve({ id, digest }: { id: string; digest: string }): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) {
      // One that runs has been approved; nothing else that is approved is run later.
      if (this.#running.has(id)) return;
      return this.#refuse(
        id,
        "forbidden",
        "Nothing waits for this approval: it was used, it has expired, or the agent was started anew.",
      );
    }
    // Whoever approved another thing is shown once more what it is.
    if (waiting.digest !== digest) return this.#tellWaiting(id);
    // Its timer may be late: a machine that slept stopped it, and not the time.
    if (Date.now() >= waiting.expiresAtMs) return this.#endWaiting(id, this.#expired());
    this.#forget(id);
    this.#run(id, waiting.plan);
  }

  #deny({ id, digest }: { id: string; digest: string }): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (waiting.digest !== digest) return this.#tellWaiting(id);
    this.#endWaiting(id, withoutRunning("cancelled", "forbidden", "A person denied the command."));
  }

  #cancel(id: string): void {
    this.#running.get(id)?.end.abort("cancel" satisfies EndedBy);
    this.#endWaiting(
      id,
      withoutRunning("cancelled", "cancelled", "The command was cancelled before it ran."),
    );
  }

  #endWaiting(id: string, outcome: Outcome): void {
    if (!this.#waiting.has(id)) return;
    this.#forget(id);
    this.#tellEnd(id, outcome);
  }

  #forget(id: string): void {
    clearTimeout(this.#waiting.get(id)?.expiry);
    this.#waiting.delete(id);
  }

  #run(id: string, plan: Plan): void {
    const { maxConcurrent } = this.options.policy;
    if (this.#stopped) return this.#refuse(id, "unavailable", "The agent is ending.");
    if (this.#running.size >= maxConcurrent) {
      return this.#refuse(
        id,
        "rate_limited",
        `${maxConcurrent} commands run here already. Send it again when one has ended.`,
      );
    }
    // What was a directory when it was decided may be a link to elsewhere by the time it is approved.
    if (this.options.surroundings.realDirectory(plan.directory) !== plan.directory) {
      return this.#refuse(
        id,
        "unavailable",
        "The directory where the command was to run is not there any more.",
      );
    }
    const end = new AbortController();
    const over = this.#runToEnd(id, plan, end.signal);
    this.#running.set(id, { end, over });
  }

  async #runToEnd(id: string, plan: Plan, end: AbortSignal): Promise<void> {
    const { mark, folder, warden, tell } = this.options;
    let group: number | undefined;
    const outcome = await runProgram({
      plan,
      // It is found as a part of what stands in the environment: without its end the first would be the tenth, too.
      mark: `${mark}.${++this.#started}.`,
      folder,
      onStart: (pid) => {
        warden?.tell("+", group = pid);
        const { description, timeoutMs } = plan;
        void tell({ is: "started", id, description, timeoutMs });
      },
      onOutput: (stream, text) => tell({ is: "output", id, stream, text }),
    }, end);
    if (group !== undefined) warden?.tell("-", group);
    this.#running.delete(id);
    this.#tellEnd(id, outcome);
  }

  #refuse(id: string, code: ErrorCode, reason: string): void {
    this.#tellEnd(id, withoutRunning("failed", code, reason));
  }

  #tellEnd(id: string, outcome: Outcome): void {
    void this.options.tell({ is: "ended", id, outcome });
  }
}
