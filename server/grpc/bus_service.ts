/** `parley.bus.v1.BusService`: the hub bus's edge. It knows whose stream it is; what frames mean is the gateway's matter. */
import type { Metadata, ServerDuplexStream } from "@grpc/grpc-js";
import { ParleyError } from "../../shared/error.ts";
import type { BusServiceServer, ConnectRequest, ConnectResponse } from "../../shared/grpc/gen/bus.ts";
import type { BusGateway } from "../bus_gateway.ts";
import type { Connection } from "../roster.ts";
import { type Edge, sessionKeyOf } from "./edge.ts";

type BusCall = ServerDuplexStream<ConnectRequest, ConnectResponse>;

export function createBusService(edge: Edge, gateway: BusGateway): BusServiceServer {
  return {
    connect: (call: BusCall) =>
      edge.holdWritten(call, { kind: "hub", begin: () => begin(call, { edge, gateway }) }),
  };
}

/** Shows the peer online while its stream is open. */
function begin(call: BusCall, { edge, gateway }: { edge: Edge; gateway: BusGateway }): Disposable {
  const { kind, id } = edge.callerOf(call.metadata);
  if (kind !== "agent" && kind !== "broker") throw new ParleyError("forbidden", `A ${kind} has no queues.`);
  const connection = openHub(edge, { kind, id, metadata: call.metadata });
  connection.ended.addEventListener("abort", () => edge.end(call, connection.ended.reason));
  call.on("data", ({ frames }: ConnectRequest) => edge.figures.hubFramesReceived += frames.length);
  gateway.connect(call, { kind, id }).catch((thrown) => edge.end(call, thrown));
  // A killed peer's stream ends before it is cancelled: its peer is gone in either case.
  call.once("end", () => connection[Symbol.dispose]());
  return connection;
}

function openHub(
  { roster }: Edge,
  { kind, id, metadata }: { kind: "agent" | "broker"; id: string; metadata: Metadata },
): Connection {
  const key = sessionKeyOf(metadata);
  return kind === "broker" ? roster.brokers.open(id, "hub", key) : roster.open(id, "hub", key);
}
