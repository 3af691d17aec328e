/** What the gRPC edge counts, for `/metrics`. */

export type StreamKind = "commands" | "hub" | "status" | "chunks" | "reports" | "tasks" | "work";

/** Rises from the start of the process on; `openStreams` alone goes down again. */
export interface GrpcFigures {
  calls: number;
  failedCalls: number;
  openStreams: Record<StreamKind, number>;
  hubFramesReceived: number;
  chunksReceived: number;
}

export function createFigures(): GrpcFigures {
  return {
    calls: 0,
    failedCalls: 0,
    openStreams: { commands: 0, hub: 0, status: 0, chunks: 0, reports: 0, tasks: 0, work: 0 },
    hubFramesReceived: 0,
    chunksReceived: 0,
  };
}
