/** One agent as a process of its own, so that it can be killed, frozen and cut off. */
import type { System } from "./systems.ts";
import { hold, type Process } from "./process.ts";

export const WAYS = ["gRPC", "WebSocket"] as const;
export type Way = typeof WAYS[number];

/** Starts an agent that comes in by `way`; `port` is where it dials, if that is not the server's own. */
export function startAgent(system: System, way: Way, { id, port }: { id: string; port?: number }): Process {
  if (way === "gRPC") {
    return hold(["bench/presence/grpc_agent.ts", port ? `127.0.0.1:${port}` : system.grpc, id]);
  }
  const url = new URL(system.url);
  if (port) url.port = String(port);
  return hold(["bench/presence/socket_agent.ts", url.href, id]);
}
