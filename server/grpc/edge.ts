/** What every gRPC handler stands on: errors become statuses, and what is held open can be ended. */
import type { handleUnaryCall, Metadata } from "@grpc/grpc-js";
import { ParleyError } from "../../shared/error.ts";
import { PEER_ID_KEY, SESSION_KEY } from "../../shared/grpc/channel.ts";
import { toServiceError } from "../../shared/grpc/status.ts";
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Authorize } from "../authorize.ts";
import type { Roster } from "../roster.ts";
import { createFigures, type GrpcFigures, type StreamKind } from "./figures.ts";

const log = logOf("server", "grpc");

/** The part of a stream's call that knowing its end needs. */
export interface StreamCall {
  readonly cancelled: boolean;
  once(event: "cancelled" | "close", listener: () => void): unknown;
}

/** A stream that the server writes: an error is emitted on it to end it with a status, after what is already written. */
export interface WrittenCall extends StreamCall {
  emit(event: "error", error: unknown): boolean;
}

/** A gRPC status, as handlers give it. */
export type Failure = ReturnType<typeof toServiceError>;

export interface Holding {
  kind: StreamKind;
  /** Sets the stream up and returns what to dispose of when it is over. What it throws ends the stream. */
  begin: () => Disposable;
  /** Ends the stream with a status. */
  end: (failure: Failure) => void;
}

/** Shared by all handlers of one gRPC server. */
export class Edge {
  readonly figures: GrpcFigures = createFigures();
  readonly #open = new Set<(reason: ParleyError) => void>();

  constructor(readonly roster: Roster, readonly authorize: Authorize) {}

  /** Makes the handler of a unary call of `work`: what it returns or resolves to is the answer, what it throws the status. */
  answer<Request, Response>(
    work: (request: Request, metadata: Metadata) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return async (call, done) => {
      this.figures.calls++;
      try {
        done(null, await work(call.request, call.metadata));
      } catch (thrown) {
        done(this.failure(thrown));
      }
    };
  }

  /** Holds a stream that the server writes open, until it is over, however that comes. */
  holdWritten(call: WrittenCall, { kind, begin }: Pick<Holding, "kind" | "begin">): void {
    this.hold(call, { kind, begin, end: (failure) => call.emit("error", failure) });
  }

  /** Holds a stream open, until it is over, however that comes. */
  hold(call: StreamCall, { kind, begin, end }: Holding): void {
    this.figures.calls++;
    try {
      this.#keep(call, { kind, held: begin(), end: (reason) => call.cancelled || end(this.failure(reason)) });
    } catch (thrown) {
      end(this.failure(thrown));
    }
  }

  #keep(
    call: StreamCall,
    { kind, held, end }: { kind: StreamKind; held: Disposable; end: (reason: ParleyError) => void },
  ): void {
    this.#open.add(end);
    this.figures.openStreams[kind]++;
    onceOver(call, () => {
      this.#open.delete(end);
      this.figures.openStreams[kind]--;
      held[Symbol.dispose]();
    });
  }

  /** Ends a stream that the server writes with the status of what was thrown. */
  end(call: WrittenCall, thrown: unknown): void {
    if (!call.cancelled) call.emit("error", this.failure(thrown));
  }

  /** Ends every stream that is held open. */
  endAll(reason: ParleyError): void {
    for (const end of [...this.#open]) end(reason);
  }

  /** Turns what was thrown into a status; what nobody foresaw goes to the log. */
  failure(thrown: unknown): Failure {
    this.figures.failedCalls++;
    const error = ParleyError.from(thrown);
    if (error.code === "internal") log.error("A gRPC call failed: {cause}", { cause: error.cause ?? error });
    return toServiceError(error);
  }

  /** Tells who calls. Throws `unauthenticated` unless the metadata shows a valid id and session key. */
  callerOf(metadata: Metadata): Principal {
    const id = textOf(metadata, PEER_ID_KEY);
    if (id) return this.roster.authenticate(id, sessionKeyOf(metadata) ?? "");
    const needed = `'${PEER_ID_KEY}' and '${SESSION_KEY}'`;
    throw new ParleyError("unauthenticated", `The metadata ${needed} of a registration are required.`);
  }
}

/** Reads the session key from a call's metadata, undefined when there is none. */
export function sessionKeyOf(metadata: Metadata): string | undefined {
  return textOf(metadata, SESSION_KEY);
}

/** Checks that a request names something. Throws `invalid_message` with the field's name. */
export function requireText(field: string, text: string): string {
  if (text) return text;
  throw new ParleyError("invalid_message", `Field '${field}': a value is required.`);
}

function textOf(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === "string" && value ? value : undefined;
}

/** Calls `run` once the call is over. `cancelled` comes after every call, ended or broken; `close` is for the rest. */
function onceOver(call: StreamCall, run: () => void): void {
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    run();
  };
  call.once("cancelled", over);
  call.once("close", over);
  if (call.cancelled) over();
}
