/** What the agent and its runner say to each other: one JSON object a line. The runner believes no frame it has not checked. */
import * as z from "zod";
import type { ErrorCode } from "../../shared/error.ts";
import type { EndedStatus } from "../../shared/model/command.ts";

/** Describes a command's id. */
export const idSchema = z.string().min(1).max(200);
const id = idSchema;

/** Describes what the agent asks of the runner. */
export const requestSchema = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("run"),
    id,
    type: z.enum(["shell", "script", "python"]),
    content: z.string(),
    arguments: z.array(z.string()),
    parameters: z.record(z.string(), z.string()),
    timeoutS: z.number().min(0),
  }),
  z.strictObject({ do: z.literal("approve"), id, digest: z.string() }),
  z.strictObject({ do: z.literal("deny"), id, digest: z.string() }),
  z.strictObject({ do: z.literal("cancel"), id }),
]);
export type RunnerRequest = z.infer<typeof requestSchema>;

/** Types of commands that the runner runs; all others are the agent's own. */
export const RUN_TYPES: readonly string[] = ["shell", "script", "python"];

/** What became of a command, as it is told to whoever sent it. */
export interface Outcome {
  status: EndedStatus;
  output: string;
  truncatedBytes: number;
  /** What the program gave back. 0 beside a failure: there is none, since gRPC cannot leave a number out. */
  exitCode: number;
  /** The signal that ended the program. */
  signal?: string | undefined;
  code?: ErrorCode | undefined;
  message?: string | undefined;
  executionTimeMs: number;
}

export type OutputStream = "stdout" | "stderr";

/** What the runner tells the agent. */
export type RunnerEvent =
  | { is: "ready"; allowed: string[] }
  | { is: "fault"; message: string }
  | { is: "started"; id: string; description: string; timeoutMs: number }
  | { is: "output"; id: string; stream: OutputStream; text: string }
  | { is: "approval"; id: string; digest: string; description: string; expiresInMs: number }
  | { is: "ended"; id: string; outcome: Outcome };

/** Makes the outcome of a command that ran nothing. */
export function withoutRunning(status: EndedStatus, code: ErrorCode, message: string): Outcome {
  return { status, output: "", truncatedBytes: 0, exitCode: 0, code, message, executionTimeMs: 0 };
}

/** Splits bytes into lines; what is left without a line's end at the end of the stream is dropped. */
export async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const piece of bytes) {
    const [first, ...further] = decoder.decode(piece, { stream: true }).split("\n");
    parts.push(first!);
    for (const start of further) {
      yield parts.join("");
      parts = [start];
    }
  }
}

/** Writes frames one after another. A reader that is gone is noticed elsewhere, so nothing here rejects. */
export class FrameWriter<T> {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter();
  }

  /** Resolves when the reader has room for more. */
  readonly write = (frame: T): Promise<void> =>
    this.#writer.write(this.#encoder.encode(`${JSON.stringify(frame)}\n`)).catch(() => {});

  /** Ends the stream once all is written. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }
}
