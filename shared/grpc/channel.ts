/** How gRPC is dialled and served everywhere: limits, keepalive, credentials, and unary calls as promises. */
import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientUnaryCall,
  credentials,
  logVerbosity,
  Metadata,
  type ServiceError,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { ParleyError } from "../error.ts";
import "./gathered.ts";
import "./goaway.ts";
import { fromServiceError } from "./status.ts";

// What fails is told by whoever called, in our own log.
setLogVerbosity(logVerbosity.NONE);

/** Names the metadata with the id that a peer was registered under. */
export const PEER_ID_KEY = "parley-id";
/** Names the metadata with the session key that its registration gave it. */
export const SESSION_KEY = "parley-session-key";

/** Bytes a gRPC message may have: room for a 1 MiB body and for lists of messages. */
export const MESSAGE_LIMIT_BYTES = 8 * 1024 * 1024;

const SHARED_OPTIONS: ChannelOptions = {
  "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
  "grpc.max_send_message_length": MESSAGE_LIMIT_BYTES,
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
};

/** Gives the options to dial with: a frozen peer is found within 15 s, a lost one is dialled again within 5 s. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  ...SHARED_OPTIONS,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.min_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 5_000,
  // Clients of one process must not share a connection: closing one must not depend on the others.
  "grpc.use_local_subchannel_pool": 1,
};

/** Gives the options to serve with: a frozen client is found within 15 s. */
export const SERVER_OPTIONS: ChannelOptions = SHARED_OPTIONS;

/** Gives the credentials to dial with. Plain text until certificates exist. */
export function dialCredentials(): ChannelCredentials {
  return credentials.createInsecure();
}

/** A connection to one address, which clients may share. */
export type SharedChannel = ReturnType<Client["getChannel"]>;

/** Makes the metadata by which the server knows a registered peer. */
export function peerMetadata({ id, sessionKey }: { id: string; sessionKey: string }): Metadata {
  const metadata = new Metadata();
  metadata.set(PEER_ID_KEY, id);
  if (sessionKey) metadata.set(SESSION_KEY, sessionKey);
  return metadata;
}

export interface UnaryOptions {
  /** Milliseconds until the call fails with `timeout`; default 10,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
  metadata?: Metadata;
}

type StartCall<T> = (
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, value: T) => void,
) => ClientUnaryCall;

/**
 * Makes one unary call. Throws a `ParleyError`: `timeout` after `timeoutMs`, `cancelled` when `signal` aborts,
 * `unavailable` when nobody answers, otherwise the code that the server gave.
 *
 * @example
 * const response = await unary((metadata, options, done) =>
 *   client.registerAgent(request, metadata, options, done), { timeoutMs: 5_000 });
 */
export function unary<T>(start: StartCall<T>, options: UnaryOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, signal, metadata = new Metadata() } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new ParleyError("cancelled", "The call was cancelled."));
    const cancel = () => call.cancel();
    const call = start(metadata, { deadline: Date.now() + timeoutMs }, (error, value) => {
      signal?.removeEventListener("abort", cancel);
      if (error) reject(fromServiceError(error));
      else resolve(value);
    });
    signal?.addEventListener("abort", cancel, { once: true });
  });
}
