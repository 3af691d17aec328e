/** `broker_registration.BrokerRegistrationService`: how brokers register. */
import type {
  BrokerRegistrationRequest,
  BrokerRegistrationServiceServer,
} from "../../shared/grpc/gen/broker_registration.ts";
import { claimed } from "../authorize.ts";
import type { Edge } from "./edge.ts";

export function createBrokerService(edge: Edge): BrokerRegistrationServiceServer {
  return {
    registerBroker: edge.answer(async (request: BrokerRegistrationRequest) => {
      edge.authorize(claimed("broker", request.brokerId), "register", request.brokerId || "*");
      const { brokerId, brokerName, sessionKey } = await edge.roster.brokers.register({
        ...request,
        connectionType: "grpc",
      });
      const message = `Registered ${brokerName} as ${brokerId}.`;
      return { success: true, message, brokerId, sessionKey };
    }),
  };
}
