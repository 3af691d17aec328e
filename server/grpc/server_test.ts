import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { Client, makeGenericClientConstructor, type ServiceDefinition } from "@grpc/grpc-js";
import { load } from "@grpc/proto-loader";
import { service as healthService } from "grpc-health-check";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../shared/config.ts";
import { dialCredentials, peerMetadata } from "../../shared/grpc/channel.ts";
import { startGrpcServer } from "./server.ts";
import { startEdge } from "./testing/edge.ts";
import { TestPeer } from "./testing/peer.ts";

type Unary = (request: object, done: (error: Error | null, answer: unknown) => void) => void;

Deno.test("a port in use is told by a sentence that names GRPC_PORT", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using edge = await startEdge();
  const options = { ...(edge.options), host: "127.0.0.1", port };
  await assert.rejects(
    startGrpcServer(options),
    (error) =>
      error instanceof ConfigError && error.message.includes("GRPC_PORT") &&
      error.message.includes(`${port}`),
  );
});

Deno.test("a client made from .proto files by others is served", async () => {
  await using edge = await startEdge();
  const protos = fileURLToPath(new URL("../../tests/interop/protos", import.meta.url));
  const definition = await load("agent_registration.proto", { keepCase: true, includeDirs: [protos] });
  const service = definition["agent_registration.AgentRegistrationService"] as ServiceDefinition;
  const client = new (makeGenericClientConstructor(service, "x"))(edge.address, dialCredentials());
  const call = (name: string, request: object) =>
    new Promise<Record<string, unknown>>((resolve, reject) =>
      (client[name] as Unary).call(
        client,
        request,
        (error, answer) => error ? reject(error) : resolve(answer as Record<string, unknown>),
      )
    );
  const registered = await call("RegisterAgent", { agent_name: "Stranger", capabilities: { chat: "true" } });
  assert.equal(registered.success, true);
  assert.match(String(registered.server_assigned_id), /^agent_/);
  await assert.rejects(call("SendHeartbeat", { agent_id: "agent_unknown" }), { code: 5 });
  client.close();
});

Deno.test("grpc.health.v1.Health says that it serves", async () => {
  await using edge = await startEdge();
  const client = new (makeGenericClientConstructor(healthService, "x"))(edge.address, dialCredentials());
  const answer = await new Promise((resolve, reject) =>
    (client.check as Unary).call(client, {}, (error, answer) => error ? reject(error) : resolve(answer))
  );
  assert.deepEqual(answer, { status: "SERVING" });
  client.close();
});

for (const version of ["v1", "v1alpha"]) {
  Deno.test(`server reflection (${version}) lists every service`, async () => {
    await using edge = await startEdge();
    using client = new ReflectionClient(edge.address, version);
    const services = await client.services();
    for (
      const name of [
        "agent_registration.AgentRegistrationService",
        "agent_status.AgentStatusService",
        "broker_registration.BrokerRegistrationService",
        "parley.bus.v1.BusService",
        "parley.conversation.v1.ReplyService",
        "parley.conversation.v1.ConversationService",
      ]
    ) assert.ok(services.includes(name), name);
  });
}

Deno.test("ending tells every open stream to come back, and does not wait for readers that are stuck", async () => {
  const edge = await startEdge();
  using peer = new TestPeer(edge.address);
  const { id, sessionKey } = await peer.register();
  const commands = peer.commands(id);
  const updates = peer.subscribe("");
  const hub = peer.hub.connect(peerMetadata({ id, sessionKey }));
  hub.on("error", () => {});
  const hubEnded = new Promise<number>((resolve) => hub.once("status", ({ code }) => resolve(code)));
  await Promise.all([
    commands.opened,
    updates.opened,
    new Promise((resolve) => hub.once("metadata", resolve)),
  ]);
  updates.call.pause();
  const startedAt = performance.now();
  await edge[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < 20_000);
  assert.equal((await commands.ended).code, 14);
  assert.equal(await hubEnded, 14);
  updates.call.cancel();
});

Deno.test("a frozen agent is found within the time after which it counts as inactive", async () => {
  await using edge = await startEdge({ AGENT_INACTIVITY_TIMEOUT: 1 });
  const script = fileURLToPath(new URL("./testing/agent_process.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, edge.address],
    stdout: "piped",
  })
    .spawn();
  const reader = child.stdout.getReader();
  const id = new TextDecoder().decode((await reader.read()).value).trim();
  const offline = edge.shows(id, false);
  child.kill("SIGSTOP");
  await offline;
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
});

class ReflectionClient implements Disposable {
  readonly #client: Client;

  constructor(address: string, readonly version: string) {
    this.#client = new Client(address, dialCredentials());
  }

  /** Asks with the smallest message by hand: field 7, list_services, "". */
  services(): Promise<string> {
    const path = `/grpc.reflection.${this.version}.ServerReflection/ServerReflectionInfo`;
    const raw = (bytes: Uint8Array) => Buffer.from(bytes);
    const call = this.#client.makeBidiStreamRequest<Uint8Array, Uint8Array>(path, raw, raw);
    return new Promise((resolve, reject) => {
      call.on("error", reject);
      call.once("data", (bytes: Uint8Array) => resolve(new TextDecoder().decode(bytes)));
      call.on("end", () => {});
      call.write(new Uint8Array([0x3a, 0x00]));
      call.end();
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
