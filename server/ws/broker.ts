/** Brokers on sockets: presence and status only; their messages go through the queues. */
import { check } from "../../shared/model/codec.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { claimed } from "../authorize.ts";
import { CLOSE } from "./close_code.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import { type Frame, unsupportedType } from "./frame.ts";
import { registerBrokerSchema } from "./registration.ts";

/** Registers a broker: it is told where gRPC is, and who is there from now on. */
export async function registerBroker(
  edge: WebSocketEdge,
  connection: Connection,
  frame: Frame,
): Promise<() => void> {
  const asked = check(registerBrokerSchema, frame);
  const { roster, authorize, grpcAddress } = edge.options;
  const claimedId = asked.broker_id ?? "";
  authorize(claimed("broker", claimedId), "register", claimedId || "*");
  const { brokerId, brokerName, sessionKey } = await roster.brokers.register({
    brokerId: asked.broker_id ?? undefined,
    brokerName: asked.broker_name,
    connectionType: "websocket",
    sessionKey: asked.session_token ?? undefined,
    version: asked.version ?? undefined,
    hostname: asked.hostname ?? undefined,
  });
  const presence = roster.brokers.open(brokerId, "socket", sessionKey);
  presence.ended.addEventListener("abort", () => connection.close(CLOSE.replaced, "Taken off, or replaced."));
  const principal = claimed("broker", brokerId);
  connection.onSign = () => roster.brokers.heardOf(brokerId);
  connection.receive = (frame) => receive(edge, { connection, principal }, frame);
  const { host, port } = grpcAddress();
  connection.sendJson({
    message_type: "REGISTER_BROKER_RESPONSE",
    status: "success",
    broker_id: brokerId,
    broker_name: brokerName,
    message: `Welcome, ${brokerName}.`,
    session_token: sessionKey,
    server_id: edge.options.serverId,
    grpc_host: host,
    grpc_port: String(port),
    use_grpc_for_agent_status: true,
  });
  const feed = edge.joinStatus(connection, principal);
  return () => {
    feed?.[Symbol.dispose]();
    presence[Symbol.dispose]();
  };
}

function receive(
  edge: WebSocketEdge,
  { connection, principal }: { connection: Connection; principal: Principal },
  frame: Frame,
): void {
  switch (frame.message_type) {
    case "PONG":
      return;
    case "PING":
      return connection.sendJson({ message_type: "PONG", sender_id: "server", timestamp: timestamp() });
    case "REQUEST_AGENT_STATUS":
      return edge.showStatus(connection, principal);
    default:
      throw unsupportedType(frame.message_type);
  }
}
