/** A client of the service of tasks, for tests: an agent's stream, and calls as promises. */
import { type Client, type ClientDuplexStream, Metadata, type StatusObject } from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, dialCredentials, peerMetadata, unary } from "../../../shared/grpc/channel.ts";
import {
  type CancelResponse,
  type GetResponse,
  type ListResponse,
  NewTask,
  type Report,
  type RetryResponse,
  type SubmitResponse,
  type Submitted,
  TaskServiceClient,
  type WatchResponse,
  WorkRequest,
  type WorkResponse,
} from "../../../shared/grpc/gen/task.ts";
import { type Identity, Incoming } from "./peer.ts";

export class TaskPeer implements Disposable {
  readonly client: TaskServiceClient;

  constructor(address: string, private readonly identity?: Identity) {
    this.client = new TaskServiceClient(address, dialCredentials(), CHANNEL_OPTIONS);
  }

  get #metadata(): Metadata {
    return this.identity ? peerMetadata(this.identity) : new Metadata();
  }

  async submit(...tasks: Partial<NewTask>[]): Promise<Submitted[]> {
    const request = { tasks: tasks.map((task) => NewTask.fromPartial(task)) };
    const { submitted } = await unary<SubmitResponse>(
      (metadata, options, done) => this.client.submit(request, metadata, options, done),
      { metadata: this.#metadata },
    );
    return submitted;
  }

  get(taskId: string): Promise<GetResponse> {
    return unary((metadata, options, done) => this.client.get({ taskId }, metadata, options, done), {
      metadata: this.#metadata,
    });
  }

  cancel(taskId: string): Promise<CancelResponse> {
    return unary((metadata, options, done) => this.client.cancel({ taskId }, metadata, options, done), {
      metadata: this.#metadata,
    });
  }

  retry(taskId: string): Promise<RetryResponse> {
    return unary((metadata, options, done) => this.client.retry({ taskId }, metadata, options, done), {
      metadata: this.#metadata,
    });
  }

  list(statuses: string[] = []): Promise<ListResponse> {
    const request = {
      limit: 0,
      cursor: "",
      statuses,
      agentId: "",
      taskType: "",
      query: "",
      parentTaskId: "",
    };
    return unary((metadata, options, done) => this.client.list(request, metadata, options, done), {
      metadata: this.#metadata,
    });
  }

  watch(taskId = "", onlyEnded = false, withoutParameters = false): Incoming<WatchResponse> {
    const request = { taskId, onlyEnded, withoutParameters, parentTaskId: "" };
    return new Incoming(this.client.watch(request, this.#metadata));
  }

  work(hello?: WorkRequest["hello"]): Working {
    const working = new Working(this.client.work(this.#metadata));
    if (hello) working.write({ hello });
    return working;
  }

  [Symbol.dispose](): void {
    (this.client as Client).close();
  }
}

/** An agent's open stream of tasks. */
export class Working extends Incoming<WorkResponse> {
  #lastReport = 0n;
  readonly #call: ClientDuplexStream<WorkRequest, WorkResponse>;

  constructor(call: ClientDuplexStream<WorkRequest, WorkResponse>) {
    super(call);
    this.#call = call;
  }

  write(request: Partial<WorkRequest>): void {
    this.#call.write(WorkRequest.fromPartial(request));
  }

  end(): Promise<StatusObject> {
    this.#call.end();
    return this.ended;
  }

  /** Says something of a task, and gives what the server answers. */
  async report(taskId: string, attempt: number, what: Report["what"]) {
    const reportId = ++this.#lastReport;
    this.write({ reports: [{ reportId, taskId, attempt, what }] });
    const { kept } = await this.next(({ kept }) => kept.some((each) => each.reportId === reportId));
    return kept.find((each) => each.reportId === reportId)!.code;
  }

  async assignment() {
    return (await this.next(({ assignments }) => assignments.length > 0)).assignments[0]!;
  }
}
