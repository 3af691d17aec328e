/** A server, and clients in processes of their own that talk with it and hang up; then the server hangs up first. */
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { CHANNEL_OPTIONS, SERVER_OPTIONS } from "../channel.ts";

const ROUNDS = 3;
const MESSAGES = 300;
const PATH = "/parley.test.Echo/Talk";

const same = (bytes: Buffer) => bytes;
const ECHO: ServiceDefinition = {
  talk: {
    path: PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
};

const [port, role] = Deno.args;
await (port ? talk(port, role === "stays") : serve());
Deno.exit(0);

async function serve(): Promise<void> {
  const server = new Server(SERVER_OPTIONS);
  server.addService(ECHO, {
    talk(call: ServerDuplexStream<Buffer, Buffer>) {
      call.on("data", (bytes) => call.write(bytes));
      call.on("end", () => call.end());
      call.on("error", () => {/* the other end is gone */});
    },
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
  for (let round = 0; round < ROUNDS; round++) await peer(bound, "leaves");
  const staying = peer(bound, "stays", () => server.tryShutdown(() => {}));
  await staying;
}

/** Runs a client, and calls `onTalked` when it has talked. Throws when it does not end well. */
async function peer(port: number, role: string, onTalked = () => {}): Promise<void> {
  const args = ["run", "-A", import.meta.filename!, String(port), role];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  for await (const _ of child.stdout) onTalked();
  const { code, signal } = await child.status;
  if (code !== 0) throw new Error(`a client that ${role} ended with ${code} ${signal ?? ""}`);
}

async function talk(port: string, stays: boolean): Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), CHANNEL_OPTIONS);
  const call = client.makeBidiStreamRequest<Buffer, Buffer>(PATH, same, same);
  for (let sent = 0; sent < MESSAGES; sent++) {
    call.write(Buffer.alloc(200));
    await new Promise((resolve) => call.once("data", resolve));
  }
  const ended = new Promise((resolve) => call.once("status", resolve));
  if (stays) console.log("talked");
  else call.end();
  call.on("data", () => {});
  if (stays) await Promise.race([untilServerHangsUp(client), ended]);
  else await ended;
  client.close();
}

/** The server's GOAWAY leaves the call standing; the channel shows that it has come. */
async function untilServerHangsUp(client: Client): Promise<void> {
  const channel = client.getChannel();
  const state = channel.getConnectivityState(false);
  await new Promise<void>((resolve) => channel.watchConnectivityState(state, Infinity, () => resolve()));
}
