/** One broker, from registering to its end: what is wired here runs in the process and in its tests alike. */
import type { FileLogger } from "../shared/audit/file_logger.ts";
import type { MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import { withRetry } from "../shared/bus/retry.ts";
import { peerBusUrlOf, websocketUrlOf } from "../shared/config.ts";
import { hostname } from "../shared/hostname.ts";
import { logOf } from "../shared/log.ts";
import { newId } from "../shared/model/id.ts";
import { BROKER_INPUT_QUEUE } from "../shared/model/queue.ts";
import type { BrokerConfig } from "./config.ts";
import type { Identity } from "./identity.ts";
import { createRelay } from "./relay.ts";
import { AgentRoster } from "./roster.ts";
import { followByWebSocket } from "./status_socket.ts";
import { followByGrpc } from "./status_stream.ts";
import { createStrategy } from "./strategy.ts";

const log = logOf("broker");

/**
 * Runs a broker until `signal` aborts, then finishes what is in flight. It may start before the server and before
 * RabbitMQ; no message is taken before the first roster is here. What it decides is logged to `fileLog`, which stays
 * the caller's; `version` is shown to people. Throws `ConfigError` when `BUS_URL` names no bus.
 */
export async function runBroker(
  config: BrokerConfig,
  signal: AbortSignal,
  { fileLog, version }: { fileLog?: FileLogger | undefined; version?: string } = {},
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const roster = new AgentRoster();
  const identity: Identity = {
    id: config.BROKER_ID ?? newId("broker"),
    name: config.BROKER_NAME,
    sessionKey: "",
    version,
    hostname: hostname(),
  };
  opened.defer(startFollowing(config, identity, roster));
  const url = peerBusUrlOf(config);
  // The hub wants to be shown who calls, so it is opened after registration; another bus is dialled meanwhile.
  const early = url === "hub" ? undefined : opened.use(await openBus(url));
  if (!await cameFirst(roster.ready, signal)) return;
  const hub = { address: grpcAddress(config), identity: () => identity };
  const raw = early ?? opened.use(await openBus(url, { hub }));
  const bus = withRetry(raw, { maxAttempts: config.AGENT_MAX_RETRIES + 1 });
  await relayUntil(signal, { bus, roster, config, identity, fileLog });
}

/** Begins to keep the roster up to date; what is returned ends it. */
function startFollowing(config: BrokerConfig, identity: Identity, roster: AgentRoster): () => Promise<void> {
  const leaving = new AbortController();
  const following = follow(config, identity, { roster, signal: leaving.signal });
  return () => {
    leaving.abort();
    return following;
  };
}

interface Following {
  roster: AgentRoster;
  signal: AbortSignal;
}

function follow(config: BrokerConfig, identity: Identity, { roster, signal }: Following): Promise<void> {
  if (config.BROKER_REGISTRATION === "grpc") {
    return followByGrpc(identity, { address: grpcAddress(config), roster, signal });
  }
  return followByWebSocket(identity, { url: websocketUrlOf(config), roster, signal });
}

function grpcAddress({ GRPC_HOST, GRPC_PORT }: BrokerConfig): string {
  return `${GRPC_HOST}:${GRPC_PORT}`;
}

interface Parts {
  bus: MessageBus;
  roster: AgentRoster;
  config: BrokerConfig;
  identity: Identity;
  fileLog: FileLogger | undefined;
}

async function relayUntil(
  signal: AbortSignal,
  { bus, roster, config, identity, fileLog }: Parts,
): Promise<void> {
  const { ROUTING_STRATEGY: strategy, ROUTING_IF_OFFLINE: ifOffline, BROKER_PREFETCH: prefetch } = config;
  const relay = createRelay(bus, roster, {
    brokerId: identity.id,
    choose: createStrategy(strategy),
    ifOffline,
    fileLog,
  });
  const consuming = bus.consume(BROKER_INPUT_QUEUE, relay, { prefetch });
  if (!await cameFirst(consuming, signal)) return;
  await using _subscription = await consuming;
  log.info("Routing messages: {strategy}, offline receivers: {ifOffline}", { strategy, ifOffline });
  await aborted(signal);
  log.info("Finishing what is in flight");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Waits for `work`. Tells whether it came before `signal` aborted; a rejection passes through. */
function cameFirst(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  return Promise.race([work.then(() => true), aborted(signal).then(() => false)]);
}
