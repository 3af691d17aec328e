/** The gRPC edge put together with the queues of those who have none of their own. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import { claimed } from "../authorize.ts";
import { createBusGateway } from "../bus_gateway.ts";
import type { ServerConfig } from "../config.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { type GrpcServer, startGrpcServer } from "./server.ts";

type Given = Parameters<typeof startGrpcServer>[0];

export interface GrpcParts extends Omit<Given, "config" | "host" | "port" | "gateway" | "onChunk"> {
  config: ServerConfig;
  bus: MessageBus;
  delivery: Pick<Delivery, "chunks">;
}

/** Throws what keeps it from listening. */
export async function openGrpc({ config, bus, delivery, ...parts }: GrpcParts): Promise<GrpcServer> {
  const gateway = createBusGateway(
    bus,
    ({ kind, id }, action, queue) => parts.authorize(claimed(kind, id), action, queue),
  );
  const grpc = await startGrpcServer({
    ...parts,
    config,
    host: config.HOST,
    port: config.GRPC_PORT,
    gateway,
    onChunk: (agentId, { messageId, inReplyToMessageId, sequence, attempt, textPayload }) =>
      delivery.chunks.accept(claimed("agent", agentId), {
        messageId,
        inReplyTo: inReplyToMessageId,
        sequence,
        attempt,
        text: textPayload,
      }),
  });
  const close = async () => {
    await grpc[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  };
  return { port: grpc.port, commands: grpc.commands, figures: grpc.figures, [Symbol.asyncDispose]: close };
}
