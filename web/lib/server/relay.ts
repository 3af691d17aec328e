/** Passes a page's request on to the server's HTTP API, and its answer back. */
import type { ServerApi } from "./server_api.ts";

const KEPT = ["content-type", "retry-after", "allow"];

/** Answers `req` with what the server says at `path`; 503 with a problem document while it cannot be reached. */
export async function relay(api: ServerApi, req: Request, path: string): Promise<Response> {
  try {
    const { search } = new URL(req.url);
    const { method, headers, body } = req;
    const answer = await api.forward(path, { method, search, headers, body });
    return new Response(answer.body, { status: answer.status, headers: headersOf(answer) });
  } catch {
    const title = "The server cannot be reached now.";
    const problem = { title, detail: title, status: 503, code: "unavailable" };
    return Response.json(problem, { status: 503, headers: { "content-type": "application/problem+json" } });
  }
}

/** A stream of events must not wait until there is enough of it to compress. */
function headersOf(answer: Response): Headers {
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  const headers = new Headers({ "cache-control": isStream ? "no-store, no-transform" : "no-store" });
  for (const name of KEPT) if (answer.headers.has(name)) headers.set(name, answer.headers.get(name)!);
  return headers;
}
