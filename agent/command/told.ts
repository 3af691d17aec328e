/** What is said of a command on the wire: reports while it goes on, and its result. */
import type { CommandReport, CommandResult } from "../../shared/grpc/gen/agent_registration.ts";
import type { Outcome, RunnerEvent } from "./frames.ts";

export type Report = NonNullable<CommandReport["report"]>;

/** Makes the result of the command `commandId`, of which so many pieces of output were reported. It says nothing of its agent. */
export function resultOf(
  commandId: string,
  outcome: Outcome,
  outputPieces: number,
): Omit<CommandResult, "agentId"> {
  return {
    commandId,
    success: outcome.status === "succeeded",
    output: outcome.output,
    errorMessage: outcome.message ?? "",
    exitCode: outcome.exitCode,
    executionTimeMs: BigInt(outcome.executionTimeMs),
    status: outcome.status,
    code: outcome.code ?? "",
    truncatedBytes: BigInt(outcome.truncatedBytes),
    signal: outcome.signal ?? "",
    outputPieces,
  };
}

/** Makes the report of a command that has begun. */
export function started(description: string): Report {
  return { $case: "started", value: { description } };
}

/** Gives the report of an approval, which says at each time how long there still is. */
export function approvalOf(
  { digest, description, expiresInMs }: RunnerEvent & { is: "approval" },
): () => Report {
  const expiresAtMs = Date.now() + expiresInMs;
  return () => {
    const expiresInS = Math.max(1, Math.ceil((expiresAtMs - Date.now()) / 1_000));
    return { $case: "approvalNeeded", value: { digest, description, expiresInS } };
  };
}
