/** The roster over gRPC: registers this broker and follows the server's stream of agent status. */
import type { ServiceError } from "@grpc/grpc-js";
import { ParleyError } from "../shared/error.ts";
import { CHANNEL_OPTIONS, dialCredentials, peerMetadata, unary } from "../shared/grpc/channel.ts";
import { type AgentStatusResponse, AgentStatusServiceClient } from "../shared/grpc/gen/agent_status.ts";
import {
  type BrokerRegistrationResponse,
  BrokerRegistrationServiceClient,
} from "../shared/grpc/gen/broker_registration.ts";
import { fromServiceError } from "../shared/grpc/status.ts";
import { logOf } from "../shared/log.ts";
import type { Identity } from "./identity.ts";
import { persist } from "./persist.ts";
import { type AgentRoster, fromWire } from "./roster.ts";

export interface StatusStreamOptions {
  /** Where the server's gRPC listens: `host:port`. */
  address: string;
  roster: AgentRoster;
  signal: AbortSignal;
}

const log = logOf("broker", "status");

/**
 * Registers over gRPC and keeps the roster up to date, coming back each time the server was away, until `signal`
 * aborts. What the server answers is written to `identity`. Never rejects.
 */
export async function followByGrpc(identity: Identity, options: StatusStreamOptions): Promise<void> {
  const { address, signal } = options;
  const client = new BrokerRegistrationServiceClient(address, dialCredentials(), CHANNEL_OPTIONS);
  try {
    await followStatus(identity, options, () => register(client, identity, signal));
  } finally {
    client.close();
  }
}

/**
 * Keeps the roster up to date from the status stream, until `signal` aborts; `before` runs ahead of each attempt.
 * Never rejects.
 */
export async function followStatus(
  identity: Identity,
  { address, roster, signal }: StatusStreamOptions,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const client = new AgentStatusServiceClient(address, dialCredentials(), CHANNEL_OPTIONS);
  const follow = async (succeeded: () => void) => {
    await before();
    await readStatus(client, identity, {
      signal,
      onUpdate: ({ agents, isFullUpdate }) => {
        succeeded();
        roster.apply({ agents: agents.map(fromWire), isFull: isFullUpdate });
      },
    });
  };
  await persist(follow, { signal, log, what: `the server at ${address}` });
  client.close();
}

async function register(
  client: BrokerRegistrationServiceClient,
  identity: Identity,
  signal: AbortSignal,
): Promise<void> {
  const { id: brokerId, name: brokerName, sessionKey, version = "", hostname = "" } = identity;
  const request = { brokerId, brokerName, sessionKey, version, hostname };
  const response = await unary<BrokerRegistrationResponse>(
    (metadata, options, done) => client.registerBroker(request, metadata, options, done),
    { signal, timeoutMs: 5_000 },
  );
  if (!response.success) {
    throw new ParleyError("forbidden", response.message || "The server refused the registration.");
  }
  identity.id = response.brokerId || identity.id;
  identity.sessionKey = response.sessionKey || identity.sessionKey;
  log.info("Registered as {id} ({name})", { id: identity.id, name: identity.name });
}

interface StatusReader {
  signal: AbortSignal;
  onUpdate: (update: AgentStatusResponse) => void;
}

/** Reads one status stream. Resolves when it ended or `signal` aborted, rejects when it broke. */
function readStatus(
  client: AgentStatusServiceClient,
  identity: Identity,
  { signal, onUpdate }: StatusReader,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const stream = client.subscribeToAgentStatus({ brokerId: identity.id }, peerMetadata(identity));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  stream.on("data", onUpdate);
  stream.on("end", resolve);
  stream.on("error", (error: ServiceError) => signal.aborted ? resolve() : reject(fromServiceError(error)));
  return promise.finally(() => signal.removeEventListener("abort", cancel));
}
