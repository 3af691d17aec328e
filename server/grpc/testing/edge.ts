/** Starts the whole gRPC edge for a test, on a free port, over a store and a bus in memory. */
import { openBus } from "../../../shared/bus/open.ts";
import type { MessageBus } from "../../../shared/bus/bus.ts";
import type { SendChunksRequest } from "../../../shared/grpc/gen/conversation.ts";
import { DEFAULT_TENANT, serverPrincipal } from "../../../shared/model/principal.ts";
import { openStore } from "../../../shared/store/open.ts";
import type { Store } from "../../../shared/store/store.ts";
import { createAuthorize } from "../../authorize.ts";
import { createBusGateway } from "../../bus_gateway.ts";
import { type CommandCenter, openCommandCenter } from "../../command/center.ts";
import { openRoster, type Roster } from "../../roster.ts";
import type { TaskCenter } from "../../task/center.ts";
import { openTasks } from "../../task/open.ts";
import { type GrpcServer, type GrpcServerOptions, startGrpcServer } from "../server.ts";

const CONFIG = {
  AGENT_HEARTBEAT_INTERVAL: 30,
  AGENT_INACTIVITY_TIMEOUT: 15,
  PERIODIC_STATUS_INTERVAL: 60,
  AGENT_DEFAULT_TIMEOUT: 300,
  AGENT_MAX_RETRIES: 3,
};

export interface TestEdge extends AsyncDisposable {
  address: string;
  server: GrpcServer;
  /** What the server was started with. */
  options: GrpcServerOptions;
  roster: Roster;
  center: CommandCenter;
  tasks: TaskCenter;
  store: Store;
  bus: MessageBus;
  chunks: [string, SendChunksRequest][];
  /** Resolves once the roster shows the agent so. */
  shows(agentId: string, isOnline: boolean): Promise<void>;
}

/** Starts the edge with what differs from the default configuration, and from who may do what. */
export async function startEdge(
  config: Partial<typeof CONFIG> = {},
  authorize = createAuthorize(),
): Promise<TestEdge> {
  await using resources = new AsyncDisposableStack();
  const all = { ...CONFIG, ...config };
  const store = resources.use(await openStore("sqlite::memory:"));
  const bus = resources.use(await openBus("sqlite::memory:"));
  const roster = resources.use(
    await openRoster({ store, serverId: "server_test", config: all }),
  );
  const gateway = resources.use(
    createBusGateway(
      bus,
      (peer, action, queue) => authorize({ ...peer, tenantId: DEFAULT_TENANT }, action, queue),
    ),
  );
  const lines: GrpcServer["commands"][] = [];
  const center = resources.use(
    await openCommandCenter({
      store: store.commands,
      roster,
      server: serverPrincipal("server_test"),
      config: all,
      lines: () => lines,
    }),
  );
  const tasks = await openTasks({
    store,
    roster,
    server: serverPrincipal("server_test"),
    config: all,
    clock: undefined,
    bus,
    tellToStop: () => {},
  }, resources);
  const chunks: TestEdge["chunks"] = [];
  const options: GrpcServerOptions = {
    host: "127.0.0.1",
    port: 0,
    roster,
    authorize,
    gateway,
    conversations: store.conversations,
    center,
    tasks,
    onChunk: (agentId, chunk) => chunks.push([agentId, chunk]),
    config: all,
    graceMs: 200,
  };
  const server = resources.use(await startGrpcServer(options));
  lines.push(server.commands);
  const owned = resources.move();
  return {
    address: `127.0.0.1:${server.port}`,
    server,
    options,
    roster,
    center,
    tasks,
    store,
    bus,
    chunks,
    shows: (agentId, isOnline) => shows(roster, { agentId, isOnline }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function shows(
  roster: Roster,
  { agentId, isOnline }: { agentId: string; isOnline: boolean },
): Promise<void> {
  if (roster.get(agentId)?.isOnline === isOnline) return Promise.resolve();
  return new Promise((resolve) => {
    const listening = roster.onChange(() => {
      if (roster.get(agentId)?.isOnline !== isOnline) return;
      listening[Symbol.dispose]();
      resolve();
    });
  });
}
