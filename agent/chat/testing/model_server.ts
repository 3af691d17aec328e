/** A server that speaks the real chat-completion interface in JSON and SSE, and fails as the test's script says. */

/** What the server does with one request for a completion. */
export type Step =
  /** Streams `pieces`, then ends as `end` says: `done` (default), without a finish, with the connection cut, or never. */
  | {
    kind: "answer";
    pieces: unknown[];
    end?: "done" | "unfinished" | "cut" | "silent";
    finishReason?: string;
  }
  /** Refuses with an HTTP status. */
  | { kind: "refuse"; status: number; headers?: Record<string, string>; body?: unknown }
  /** Takes the request and never answers. */
  | { kind: "silence" }
  /** Streams this text as it is. */
  | { kind: "raw"; text: string };

/** A completion that was asked for. */
export interface Asked {
  path: string;
  authorization: string | null;
  body: { model: string; stream: boolean; messages: { role: string; content: string }[] };
}

/** Serves `/v1/chat/completions` and `/v1/models` on a port of its own; the last step is repeated. */
export class ModelServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  models: string[] = ["local-model"];
  /** Resolves when a client went away before its answer was whole. */
  readonly abandoned: Promise<void>;
  readonly #abandon: () => void;
  readonly #steps: Step[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();

  constructor(...steps: Step[]) {
    this.#steps = steps;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.abandoned = promise;
    this.#abandon = resolve;
    const options = { port: 0, hostname: "127.0.0.1", signal: this.#closing.signal, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#serve(request));
  }

  /** Where it is, without `/v1`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }

  async #serve(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    if (path === "/v1/models") return this.#list();
    if (path !== "/v1/chat/completions") return new Response(null, { status: 404 });
    this.asked.push({
      path,
      authorization: request.headers.get("authorization"),
      body: await request.json(),
    });
    const step = this.#steps.length > 1 ? this.#steps.shift() : this.#steps[0];
    return await this.#play(step!, request);
  }

  #list(): Response {
    return Response.json({ object: "list", data: this.models.map((id) => ({ id, object: "model" })) });
  }

  #play(step: Step, request: Request): Promise<Response> | Response {
    switch (step.kind) {
      case "refuse":
        return Response.json(step.body ?? {}, { status: step.status, headers: step.headers });
      case "silence":
        return this.#silence(request.signal);
      case "raw":
        return sse(new Blob([step.text]).stream());
      case "answer":
        return sse(this.#events(step));
    }
  }

  #silence(left: AbortSignal): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    left.addEventListener("abort", () => {
      this.#abandon();
      resolve(new Response());
    }, { once: true });
    return promise;
  }

  #events(
    { pieces, end = "done", finishReason = "stop" }: Step & { kind: "answer" },
  ): ReadableStream<Uint8Array> {
    const events = pieces.map((content) => chunk({ role: "assistant", content }, null));
    if (end === "done") events.push(chunk({ content: "" }, finishReason), "data: [DONE]\n\n");
    return new ReadableStream({
      pull(controller) {
        const next = events.shift();
        if (next !== undefined) return controller.enqueue(new TextEncoder().encode(next));
        if (end === "cut") return controller.error(new Error("The test cuts the connection."));
        if (end === "silent") return new Promise(() => {});
        controller.close();
      },
      cancel: () => this.#abandon(),
    }, { highWaterMark: 0 });
  }
}

function chunk(delta: Record<string, unknown>, finish_reason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  const event = { id: "cmpl-1", object: "chat.completion.chunk", created: 1, model: "local-model", choices };
  return `data: ${JSON.stringify(event)}\n\n`;
}

function sse(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** Gives the URL of a port on which nobody listens. */
export function nowhere(): string {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
}
