/** The commands of an agent: each that comes is carried out once, told about while it goes on, and answered. */
import { ParleyError } from "../../shared/error.ts";
import type { Command, CommandReport, CommandResult } from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import type { OpenStream } from "../lasting_stream.ts";
import { decide } from "./decision.ts";
import { type Outcome, RUN_TYPES, type RunnerEvent, type RunnerRequest, withoutRunning } from "./frames.ts";
import type { CommandFunctions } from "./functions.ts";
import { parsePolicy } from "./policy.ts";
import { ReportStream } from "./report_stream.ts";
import { approvalOf, type Report, resultOf, started } from "./told.ts";
import { Results } from "./results.ts";
import type { RunnerClient } from "./runner_client.ts";

const log = logOf("agent", "command");

/** Characters of a command's id. */
const LONGEST_ID = 200;

export interface CommandsOptions {
  /** Who the agent is, as reports and results say it. */
  agentId: () => string;
  /** Carries out a command that is about the agent itself; undefined when it is none. Throws why it fails. */
  control: (command: Command) => string | undefined;
  functions: CommandFunctions;
  openReports: OpenStream<CommandReport>;
  /** Sends one result; rejects with why the server did not take it. */
  sendResult: (result: CommandResult) => Promise<void>;
  /** Called when a command begins or ends. */
  onChange: () => void;
  /** Called when nothing can run any more, though it should. */
  onGone: (error: ParleyError) => void;
}

/** A command that has begun, or waits for a person, and how it stands. */
interface Standing {
  cancel: () => void;
  /** Absent: the agent's own function, which nobody approves. */
  request?: ((request: RunnerRequest) => void) | undefined;
  /** What a stream that is opened begins with. */
  latest?: (() => Report) | undefined;
  sequence: number;
}

export class Commands {
  readonly #standing = new Map<string, Standing>();
  readonly #results: Results;
  readonly #reports: ReportStream;
  #runner: RunnerClient | undefined;
  #ending = false;

  constructor(private readonly options: CommandsOptions) {
    this.#results = new Results((result) => options.sendResult({ ...result, agentId: options.agentId() }));
    this.#reports = new ReportStream(options.openReports, () => this.#howAllStand());
  }

  /** The commands that have no taken result yet. */
  get ids(): string[] {
    return [...new Set([...this.#standing.keys(), ...this.#results.ids])];
  }

  /** How many go on or wait for a person; a function that goes on after its command's end is one of them. */
  get running(): number {
    return this.#standing.size + this.options.functions.strays;
  }

  /** Has `runner` run programs from now on. */
  use(runner: RunnerClient): void {
    this.#runner = runner;
    runner.listen({
      onEvent: (event) => this.#hear(event),
      onDeath: () => this.#runnerDied(),
      onGone: (error) => this.options.onGone(error),
    });
  }

  /** Carries out `command`, or ends the one it names. Returns at once. */
  receive(given: Command): void {
    const command = { ...given, timeoutS: withinADay(given.timeoutS) };
    // The runner takes no frame that is not as it has to be; the server is not to end it by one.
    const { length } = command.commandId;
    if (length < 1 || length > LONGEST_ID) {
      return log.warning("A command was dropped: its id has {length} characters", { length });
    }
    if (command.isCancellation) return this.#cancel(command.commandId);
    if (command.approvedDigest || command.deniedDigest) return this.#judge(command);
    if (this.#standing.has(command.commandId)) return;
    try {
      const output = this.options.control(command);
      if (output !== undefined) return this.#answer(command.commandId, succeeded(output));
      if (!this.#results.has(command.commandId)) this.#begin(command);
    } catch (thrown) {
      const { code, message } = ParleyError.from(thrown);
      this.#answer(command.commandId, withoutRunning("failed", code, message));
    }
  }

  /** Cancels what goes on and refuses what comes. Resolves when every result is taken. */
  async end(): Promise<void> {
    this.#ending = true;
    const all = [...this.#standing.values()];
    for (const { cancel } of all) cancel();
    while (this.#standing.size > 0) await new Promise<void>((resolve) => this.#whenChanged = resolve);
    await this.#results.idle();
  }

  /** Ends the runner and gives up results that nobody took. */
  async close(): Promise<void> {
    this.#ending = true;
    this.#reports.close();
    this.#results.close();
    await this.#runner?.close();
  }

  #whenChanged: () => void = () => {};

  #begin(command: Command): void {
    if (this.#ending) throw new ParleyError("agent_offline", "The agent is ending.");
    const type = command.type.toLowerCase();
    if (this.options.functions.has(command.type)) void this.#call(command);
    else if (RUN_TYPES.includes(type)) this.#run(command, type as RunType);
    else throw new ParleyError("unsupported_type", unknownType(command.type, this.options.functions.names));
  }

  async #call(command: Command): Promise<void> {
    const { commandId: id, type } = command;
    const cancelled = new AbortController();
    this.#standing.set(id, { cancel: () => cancelled.abort(), sequence: 0 });
    this.#tell(id, () => started(type));
    this.options.onChange();
    const onOutput = (text: string) => this.#print(id, text, "stdout");
    this.#finish(id, await this.options.functions.run(command, cancelled.signal, onOutput));
  }

  #run(command: Command, type: RunType): void {
    const { commandId: id, content, arguments: words, parameters, timeoutS } = command;
    const runner = this.#runner;
    if (!runner) throw refusal(command, type);
    this.#standing.set(id, {
      cancel: () => runner.request({ do: "cancel", id }),
      request: (request) => runner.request(request),
      sequence: 0,
    });
    runner.request({
      do: "run",
      id,
      type,
      content,
      arguments: words,
      parameters,
      timeoutS,
    });
    this.options.onChange();
  }

  #cancel(id: string): void {
    const standing = this.#standing.get(id);
    if (standing) return standing.cancel();
    // Its result is on its way, or was taken.
    if (this.#results.has(id)) return;
    this.#answer(
      id,
      withoutRunning("failed", "not_found", "This agent has no such command: it was started anew since."),
    );
  }

  #judge({ commandId: id, approvedDigest, deniedDigest }: Command): void {
    const request = this.#standing.get(id)?.request;
    if (request) {
      return request(
        deniedDigest
          ? { do: "deny", id, digest: deniedDigest }
          : { do: "approve", id, digest: approvedDigest },
      );
    }
    if (this.#standing.has(id) || this.#results.has(id)) return;
    const sentence =
      "Nothing waits for this approval: the agent was started anew since. Send the command again.";
    this.#answer(id, withoutRunning("failed", "forbidden", sentence));
  }

  #hear(event: RunnerEvent): void {
    if (!("id" in event) || !this.#standing.has(event.id)) return;
    switch (event.is) {
      case "started":
        return this.#tell(event.id, () => started(event.description));
      case "output":
        return this.#print(event.id, event.text, event.stream);
      case "approval":
        return this.#tell(event.id, approvalOf(event));
      case "ended":
        return this.#finish(event.id, event.outcome);
    }
  }

  #runnerDied(): void {
    const message = "The process that runs programs ended, and this command with it.";
    for (const [id, { request }] of [...this.#standing]) {
      if (request) this.#finish(id, withoutRunning("failed", "unavailable", message));
    }
  }

  #tell(id: string, report: () => Report): void {
    this.#standing.get(id)!.latest = report;
    this.#reports.send(this.#reportOf(id, report()));
  }

  #print(id: string, text: string, stream: string): void {
    const sequence = this.#standing.get(id)!.sequence++;
    this.#reports.send(this.#reportOf(id, { $case: "output", value: { sequence, text, stream } }));
  }

  #howAllStand(): CommandReport[] {
    return [...this.#standing].flatMap(([id, { latest }]) => latest ? [this.#reportOf(id, latest())] : []);
  }

  #reportOf(commandId: string, report: Report): CommandReport {
    return { commandId, agentId: this.options.agentId(), report };
  }

  #finish(id: string, outcome: Outcome): void {
    const pieces = this.#standing.get(id)?.sequence ?? 0;
    this.#standing.delete(id);
    this.#answer(id, outcome, pieces);
    this.#whenChanged();
    this.options.onChange();
  }

  #answer(commandId: string, outcome: Outcome, pieces = 0): void {
    this.#results.add(resultOf(commandId, outcome, pieces));
  }
}

/** Reads the seconds that a command may take; no number that a timer cannot hold. */
function withinADay(timeoutS: number): number {
  return timeoutS > 0 ? Math.min(timeoutS, 86_400) : 0;
}

type RunType = "shell" | "script" | "python";

function succeeded(output: string): Outcome {
  return { status: "succeeded", output, truncatedBytes: 0, exitCode: 0, executionTimeMs: 0 };
}

/** Says what the owner of an agent that runs nothing would add: the same as where something else may run. */
function refusal(command: Command, type: RunType): ParleyError {
  const asked = { ...command, type, timeoutS: 0 };
  const nowhere = { environment: {}, startedIn: "/", realDirectory: () => undefined };
  const decision = decide(parsePolicy({ allow: [] }), asked, nowhere);
  if (decision.kind === "refuse") return new ParleyError(decision.code, decision.reason);
  return new ParleyError("forbidden", "The owner of this agent allows nothing to run.");
}

function unknownType(type: string, names: string[]): string {
  const own = names.length > 0 ? ` Its own are: ${names.join(", ")}.` : "";
  return `This agent carries out no commands of type '${type}'.${own}`;
}
