/** The gRPC edge: one server with every service, bound to one port. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { ConfigError } from "../../shared/config.ts";
import { ParleyError } from "../../shared/error.ts";
import { SERVER_OPTIONS } from "../../shared/grpc/channel.ts";
import { AgentRegistrationServiceService } from "../../shared/grpc/gen/agent_registration.ts";
import { BrokerRegistrationServiceService } from "../../shared/grpc/gen/broker_registration.ts";
import { BusServiceService } from "../../shared/grpc/gen/bus.ts";
import { ConversationServiceService, ReplyServiceService } from "../../shared/grpc/gen/conversation.ts";
import { TaskServiceService } from "../../shared/grpc/gen/task.ts";
import type { ConversationStore } from "../../shared/store/store.ts";
import type { Authorize } from "../authorize.ts";
import type { BusGateway } from "../bus_gateway.ts";
import type { CommandCenter } from "../command/center.ts";
import type { TaskCenter } from "../task/center.ts";
import { type Clock, systemClock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import { createBrokerService } from "./broker_service.ts";
import { createBusService } from "./bus_service.ts";
import { Commands } from "./commands.ts";
import { createConversationService } from "./conversation_service.ts";
import { Edge } from "./edge.ts";
import type { GrpcFigures } from "./figures.ts";
import { addReflection } from "./reflection.ts";
import { createRegistrationService } from "./registration_service.ts";
import { createReplyService, type OnChunk } from "./reply_service.ts";
import { createStatusService } from "./status_service.ts";
import { createTaskService } from "./task_service.ts";
import { statusServiceDefinition } from "./status_updates.ts";

export interface GrpcServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  roster: Roster;
  authorize: Authorize;
  gateway: BusGateway;
  conversations: ConversationStore;
  center: CommandCenter;
  tasks: TaskCenter;
  onChunk: OnChunk;
  config: { PERIODIC_STATUS_INTERVAL: number; AGENT_INACTIVITY_TIMEOUT: number };
  clock?: Clock;
  /** Milliseconds that disposing waits for calls in flight; default 2,000. */
  graceMs?: number;
}

/** A gRPC server that runs. Disposing ends the streams with `unavailable`, waits for calls in flight and closes the port. */
export interface GrpcServer extends AsyncDisposable {
  /** The port it is bound to. */
  readonly port: number;
  readonly commands: Commands;
  readonly figures: Readonly<GrpcFigures>;
}

const MOST_STREAMS_A_CONNECTION = 1_000;
const DEFAULT_GRACE_MS = 2_000;

/** Starts the gRPC edge. Throws `ConfigError` naming GRPC_PORT when the port cannot be bound. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const edge = new Edge(options.roster, options.authorize);
  const commands = new Commands(edge, options.center);
  const server = new Server({ ...SERVER_OPTIONS, ...limits(options.config.AGENT_INACTIVITY_TIMEOUT) });
  addServices(server, { edge, commands, options });
  const health = new HealthImplementation({ "": "SERVING" });
  health.addToServer(server);
  await addReflection(server);
  const port = await bind(server, options);
  const stop = () => {
    health.setStatus("", "NOT_SERVING");
    edge.endAll(new ParleyError("unavailable", "The server is shutting down. Come back soon."));
    return shutDown(server, options.graceMs ?? DEFAULT_GRACE_MS);
  };
  return { port, commands, figures: edge.figures, [Symbol.asyncDispose]: stop };
}

/** Sets keepalive so that a frozen peer is found within the time after which it counts as inactive. */
function limits(inactivityS: number) {
  const half = Math.max(1, Math.floor(inactivityS * 1000 / 2));
  return {
    "grpc.max_concurrent_streams": MOST_STREAMS_A_CONNECTION,
    "grpc.keepalive_time_ms": half,
    "grpc.keepalive_timeout_ms": Math.max(1, half - 200),
  };
}

function addServices(
  server: Server,
  { edge, commands, options }: { edge: Edge; commands: Commands; options: GrpcServerOptions },
): void {
  const { clock = systemClock, config, gateway, conversations, center, tasks, onChunk } = options;
  const status = { clock, periodicMs: config.PERIODIC_STATUS_INTERVAL * 1000 };
  server.addService(AgentRegistrationServiceService, createRegistrationService(edge, { commands, center }));
  server.addService(statusServiceDefinition, createStatusService(edge, status));
  server.addService(BrokerRegistrationServiceService, createBrokerService(edge));
  server.addService(BusServiceService, createBusService(edge, gateway));
  server.addService(ReplyServiceService, createReplyService(edge, onChunk));
  server.addService(TaskServiceService, createTaskService(edge, tasks));
  server.addService(ConversationServiceService, createConversationService(edge, conversations));
}

function bind(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) return resolve(bound);
      server.forceShutdown();
      reject(cannotBind(address, error));
    });
  });
}

function cannotBind(address: string, cause: Error): ConfigError {
  const way = "Stop what listens there, or set GRPC_PORT (and HOST) to what is free.";
  return new ConfigError(`gRPC cannot listen on ${address}: ${reasonOf(cause)}. ${way}`, { cause });
}

/** Waits for calls in flight, but not for ever: a stream whose reader is gone would hold the server open. */
function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Takes what matters out of how grpc-js tells that it cannot listen: what the system said. */
function reasonOf({ message }: Error): string {
  return /\[listen \w+: (.+?)(?: \S+)?\]/.exec(message)?.[1] ?? message;
}
