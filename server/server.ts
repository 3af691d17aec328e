/** The server put together: the bus, the store, the roster, the message path and the three edges over them. */
import type { FileLogger } from "../shared/audit/file_logger.ts";
import type { MessageBus } from "../shared/bus/bus.ts";
import { ConfigError } from "../shared/config.ts";
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { pause } from "../shared/pause.ts";
import { newId } from "../shared/model/id.ts";
import { timestamp } from "../shared/model/message.ts";
import { serverPrincipal } from "../shared/model/principal.ts";
import { openStore } from "../shared/store/open.ts";
import type { Store } from "../shared/store/store.ts";
import { observedStore } from "./audit/observed_store.ts";
import { type Authorize, createAuthorize } from "./authorize.ts";
import { BusLink, openRetryingBus } from "./bus_link.ts";
import { openCommandCenter } from "./command/center.ts";
import { commandNeighbours } from "./command/sharing.ts";
import { dialledAt, resourcesOf, type ServerConfig } from "./config.ts";
import { Control } from "./control/control.ts";
import { Delivery } from "./delivery/delivery.ts";
import type { AgentErrand } from "./errands.ts";
import { backendOf } from "./figures/backends.ts";
import { openSampler } from "./figures/open.ts";
import { RecentErrors } from "./figures/recent_errors.ts";
import { openGrpc } from "./grpc/open.ts";
import type { GrpcServer } from "./grpc/server.ts";
import { Health } from "./health.ts";
import { type HttpServer, startHttpServer } from "./http/server.ts";
import { Metrics } from "./metrics.ts";
import { type Clock, systemClock } from "./presence/clock.ts";
import { openRoster, type Roster } from "./roster.ts";
import type { HeldTask } from "./task/agent_line.ts";
import { openTasks } from "./task/open.ts";
import { tellToStop as tellToStopReply } from "./ws/control.ts";
import { WebSocketEdge } from "./ws/edge.ts";

const MAX_PAUSE_MS = 10_000;

const log = logOf("server");

/** A server that runs. Disposing tells the clients, finishes what is in flight and closes everything. */
export interface RunningServer extends AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void>;
  readonly id: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Resolves once messages are delivered; the bus may take a while to be there. */
  readonly ready: Promise<void>;
}

export interface StartOptions {
  /** What `/` says; default "unknown". */
  version?: string;
  /** Who may do what; default the table for authentication off. */
  authorize?: Authorize;
  /** What is open already stays open when the server is disposed of. */
  bus?: MessageBus;
  store?: Store;
  /** What time it is for whatever is due at a time: presence, pings, updates. Default the system's. */
  clock?: Clock;
  /** Where it is logged what happens; left out: nowhere. It stays open, too. */
  fileLog?: FileLogger | undefined;
  /** What went wrong lately, where others than the server add to it; default its own alone. */
  errors?: RecentErrors;
}

/** The edges that are open by now. */
interface Edges {
  grpc?: GrpcServer;
  http?: HttpServer;
  ws?: WebSocketEdge;
}

/**
 * Starts a server. Both ports are bound when it resolves, and the queues are read as soon as the bus is there.
 * Throws `ConfigError`, or `conflict` and `unavailable` of the store, with nothing left open.
 */
export async function startServer(config: ServerConfig, options: StartOptions = {}): Promise<RunningServer> {
  await using resources = new AsyncDisposableStack();
  const id = newId("server");
  const server = serverPrincipal(id);
  const { authorize = createAuthorize(), clock, fileLog, errors = new RecentErrors(clock) } = options;
  const startedAt = timestamp((clock ?? systemClock).now());
  const { busUrl, storeUrl } = resourcesOf(config);
  const known: { roster?: Roster } = {};
  const kept = options.store ?? resources.use(await openStore(storeUrl));
  const store = fileLog ? observedStore(kept, fileLog, (agentId) => known.roster?.get(agentId)) : kept;
  const roster = known.roster = resources.use(await openRoster({ store, serverId: id, config, clock }));
  const edges: Edges = {};
  const center = resources.use(
    await openCommandCenter({
      store: store.commands,
      roster,
      server,
      config,
      clock,
      errors,
      lines: () => [edges.grpc?.commands, edges.ws?.agents],
      ...(roster.servers.isShared
        ? { neighbours: commandNeighbours(roster, () => delivery.context.errands) }
        : {}),
    }),
  );
  const link = new BusLink();
  const bus = options.bus ?? resources.use(await openRetryingBus(busUrl, config, link));
  resources.use(roster.share(bus));
  const tasks = await openTasks({
    store,
    roster: roster.here,
    server,
    config,
    clock,
    bus,
    fileLog,
    errors,
    tellToStop: (agentId, held) => tellToStop(edges, agentId, held),
  }, resources);
  const metrics = new Metrics();
  const delivery = resources.use(
    new Delivery({
      bus,
      store,
      roster,
      authorize,
      server,
      tasks,
      figures: metrics.delivery,
      fileLog,
      errors,
      clock,
      actOn: (errand) => actOn(errand),
      isBusThere: () => link.fault === undefined,
      advertisement: () => ({
        ...dialledAt(config, edges.http?.port),
        grpc_host: config.GRPC_HOST,
        grpc_port: edges.grpc?.port ?? config.GRPC_PORT,
      }),
    }),
  );
  const control = new Control({
    delivery,
    tasks,
    tell: (agentId, word): boolean =>
      edges.grpc?.commands.send(agentId, { type: word }) !== undefined ||
      edge.agents.tell(agentId, { message_type: `${word.toUpperCase()}_AGENT`, agent_id: agentId }),
  });
  const edge = new WebSocketEdge({
    config,
    serverId: id,
    roster,
    delivery,
    control,
    center,
    tasks,
    bus,
    authorize,
    clock,
    commands: () => edges.grpc?.commands,
    grpcAddress: () => ({ host: config.GRPC_HOST, port: edges.grpc?.port ?? config.GRPC_PORT }),
  });
  edges.ws = resources.use(edge);
  const actOn = async (errand: AgentErrand): Promise<void> => {
    switch (errand.kind) {
      case "stop_reply":
        return void tellToStopReply(edge, errand.agentId, errand.about);
      case "control":
        return void await control.agents.act(errand.action, errand.agentId, errand.by);
      case "command":
        return await center.elsewhere.learn(errand.agentId, errand.commandId, errand.telling);
      case "command_news":
        return await center.elsewhere.hear(errand.command, errand.piece);
    }
  };
  metrics.measure({
    sockets: () => edge.count(),
    agents: () => {
      const { agentsKnown: known, agentsOnline: online } = roster.figures();
      return { known, online };
    },
    brokersOnline: () => roster.figures().brokersOnline,
    queues: () => bus.stats(),
    commands: () => center.figures(),
    tasks: () => tasks.figures(),
  });
  const sampler = resources.use(openSampler({
    metrics,
    roster,
    tasks,
    center,
    conversations: store.conversations,
    server,
    clock,
    queues: async () => {
      if (link.fault !== undefined) throw new ParleyError("unavailable", link.fault);
      return await bus.stats();
    },
  }));
  const starting = { fault: "The queues are not read yet." as string | undefined };
  const health = new Health({
    bus: () => link.fault ?? starting.fault,
    store: () => store.ping().then(() => undefined),
    grpc: () => edges.grpc ? undefined : "It is not bound yet.",
  }, { file_log: () => fileLog?.fault });
  edges.http = startHttpServer({
    version: options.version ?? "unknown",
    config,
    serverId: id,
    store,
    bus,
    roster,
    delivery,
    control,
    center,
    tasks,
    authorize,
    health,
    metrics,
    startedAt,
    backends: { bus: backendOf(busUrl), store: backendOf(storeUrl) },
    sampler,
    errors,
    edge,
  });
  resources.use(edges.http);
  edges.grpc = await openGrpc({
    config,
    roster,
    authorize,
    bus,
    delivery,
    conversations: store.conversations,
    center,
    tasks,
    clock,
  });
  edges.grpc.commands.onArrival = (agentId) => control.agents.arrived(agentId);
  resources.use(edges.grpc);
  // The sockets are told first, while everything behind them still works.
  resources.defer(() => edge[Symbol.asyncDispose]());
  const ended = new AbortController();
  const ready = start(delivery, ended.signal).then(() => {
    starting.fault = undefined;
  });
  ready.catch(() => {/* ended before it was ready */});
  resources.defer(() => ended.abort());
  resources.defer(() => roster.freeze());
  const owned = resources.move();
  return {
    id,
    httpPort: edges.http.port,
    grpcPort: edges.grpc.port,
    ready,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}

/** Tells an agent that reads no stream of tasks to stop, by its command stream or its socket. */
function tellToStop({ grpc, ws }: Edges, agentId: string, { taskId, attempt }: HeldTask): void {
  const parameters = { task_id: taskId, attempt: String(attempt) };
  if (grpc?.commands.send(agentId, { type: "stop_task", parameters })) return;
  ws?.agents.tell(agentId, { message_type: "STOP_TASK", agent_id: agentId, task_id: taskId, attempt });
}

/** Starts the message path, again and again with growing pauses until it has. */
async function start(delivery: Delivery, signal: AbortSignal): Promise<void> {
  for (let pauseMs = 250;; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return await delivery.start();
    } catch (cause) {
      if (signal.aborted) throw cause;
      log.warning("The queues cannot be read; again in {pauseMs} ms: {cause}", { pauseMs, cause });
      await pause(pauseMs, signal);
      if (signal.aborted) throw signal.reason;
    }
  }
}

/** Says in one sentence what keeps the server from starting; undefined for what is a fault of its own. */
export function reasonNotToStart(thrown: unknown): string | undefined {
  if (thrown instanceof ConfigError) return thrown.message;
  if (thrown instanceof ParleyError && thrown.code !== "internal") return thrown.message;
  return undefined;
}
