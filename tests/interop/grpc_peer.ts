// A peer's own gRPC connection, made at run time from the .proto files beside it.

import * as grpc from "@grpc/grpc-js";
import { load, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import { Inbox } from "./inbox.ts";

/** Holds the folder of the peers' own .proto files. */
export const PROTOS = fileURLToPath(new URL("./protos", import.meta.url));

const CALL_DEADLINE_MS = 20_000;
const methods = await loadMethods();

/** Calls the server's services; owns its one connection until it is disposed. */
export class GrpcPeer implements Disposable {
  readonly #client: grpc.Client;

  /** Dials `address`, a `HOST:PORT`. */
  constructor(address: string) {
    const alone = { "grpc.use_local_subchannel_pool": 1 };
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), alone);
  }

  /** Calls the unary `method`; rejects with the `grpc.ServiceError` that the server answered. */
  call<Answer>(method: string, request: object): Promise<Answer> {
    const { path, requestSerialize, responseDeserialize } = named(method);
    const options = { deadline: Date.now() + CALL_DEADLINE_MS };
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        options,
        (error, answer) => error ? reject(error) : resolve(answer as Answer),
      );
    });
  }

  /** Opens the server stream `method` and keeps what arrives on it. */
  stream<Item>(method: string, request: object): ServerStream<Item> {
    const { path, requestSerialize, responseDeserialize } = named(method);
    const call = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    return new ServerStream(method, call);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Keeps a server stream open, and its items, until it is disposed. */
export class ServerStream<Item> implements AsyncDisposable {
  readonly items: Inbox<Item>;
  /** Resolves with the status that ended the stream. */
  readonly ended: Promise<grpc.StatusObject>;
  readonly #call: grpc.ClientReadableStream<object>;

  constructor(name: string, call: grpc.ClientReadableStream<object>) {
    this.items = new Inbox(name);
    this.#call = call;
    this.ended = new Promise((resolve) => call.on("status", resolve));
    this.ended.then(({ code, details }) => this.items.close(`the stream ended with ${code} ${details}`));
    call.on("error", () => {/* `ended` tells the same */});
    call.on("data", (item: Item) => this.items.push(item));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call.cancel();
    await this.ended;
  }
}

type Method = MethodDefinition<object, object>;

function named(method: string): Method {
  const found = methods.get(method);
  if (!found) throw new Error(`no .proto here has a method ${method}`);
  return found;
}

async function loadMethods(): Promise<Map<string, Method>> {
  const files = ["agent_registration", "agent_status", "broker_registration"].map((name) => `${name}.proto`);
  const root = await load(files, { keepCase: true, longs: String, defaults: true, includeDirs: [PROTOS] });
  const services = Object.entries(root).filter(([name]) => name.endsWith("Service"));
  return new Map(services.flatMap(([, service]) => Object.entries(service as ServiceDefinition)));
}
