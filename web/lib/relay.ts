/** Passes a page's read on to the server's HTTP API, and its answer back. */
import type { ServerApi } from "./server_api.ts";

const KEPT = ["content-type", "retry-after"];

/** Answers `req` with what the server says at `path`; 503 with a problem document while it cannot be reached. */
export async function relay(api: ServerApi, req: Request, path: string): Promise<Response> {
  try {
    const { search } = new URL(req.url);
    const answer = await api.forward(path, { search, headers: req.headers });
    const headers = new Headers({ "cache-control": "no-store" });
    for (const name of KEPT) if (answer.headers.has(name)) headers.set(name, answer.headers.get(name)!);
    return new Response(answer.body, { status: answer.status, headers });
  } catch {
    const problem = { title: "The server cannot be reached now.", status: 503, code: "unavailable" };
    return Response.json(problem, { status: 503, headers: { "content-type": "application/problem+json" } });
  }
}
