/** Server reflection: tools such as grpcurl learn the services from the running server. */
import type { Server } from "@grpc/grpc-js";
import { load } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { fileURLToPath } from "node:url";

/** Where the descriptions of the services lie, wherever the process was started. */
const PROTOS = fileURLToPath(new URL("../../protos", import.meta.url));
const FILES = ["agent_registration", "agent_status", "broker_registration", "bus", "conversation"];

/** Adds reflection (v1 and v1alpha) over the services of `protos/` to `server`. */
export async function addReflection(server: Server): Promise<void> {
  const options = { keepCase: true, includeDirs: [PROTOS] };
  const definition = await load(FILES.map((name) => `${name}.proto`), options);
  new ReflectionService(definition).addToServer(server);
}
