import assert from "node:assert/strict";
import { ParleyError } from "../shared/error.ts";
import { Api } from "./api.ts";
import { Interrupted } from "./fault.ts";

/** Serves `answer` and asks it; gives what `ask` throws. */
async function asked<T>(
  answer: (request: Request) => Response | Promise<Response>,
  ask: (api: Api, url: string) => Promise<T>,
  options: { patienceMs?: number; token?: string } = {},
): Promise<T> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const apiUrl = `http://127.0.0.1:${server.addr.port}`;
  return await ask(new Api({ apiUrl, ...options }), apiUrl);
}

const failure = (call: Promise<unknown>) =>
  call.then(() => assert.fail("it did not throw"), (error) => error);

Deno.test("Api throws the code and the sentence of a problem", async () => {
  const problem = () => Response.json({ code: "not_found", detail: "There is none." }, { status: 404 });
  const error = await asked(problem, (api) => failure(api.get("/x")));
  assert.ok(error instanceof ParleyError);
  assert.deepEqual([error.code, error.message], ["not_found", "There is none."]);
});

const NO_SERVERS: [string, () => Response][] = [
  ["a page", () => new Response("<html>")],
  ["an error that is none of ours", () => new Response("oops", { status: 502 })],
  ["JSON with another error", () => Response.json({ error: "no" }, { status: 404 })],
];

for (const [what, answer] of NO_SERVERS) {
  Deno.test(`Api says that ${what} comes from no Parley server`, async () => {
    const error = await asked(answer, (api) => failure(api.get("/x")));
    assert.equal(error.code, "unavailable");
    assert.match(error.message, /no Parley server/);
  });
}

Deno.test("Api gives a server up that does not answer in time, and at once when it is interrupted", async () => {
  const silent = Promise.withResolvers<Response>();
  const error = await asked(() => silent.promise, async (api) => {
    const error = await failure(api.get("/x"));
    silent.resolve(new Response());
    return error;
  }, { patienceMs: 20 });
  assert.match(error.message, /No server answers/);
  const interrupted = new Api({ apiUrl: "http://127.0.0.1:1", signal: AbortSignal.abort() });
  assert.ok(await failure(interrupted.get("/x")) instanceof Interrupted);
});

Deno.test("Api shows its token, and sends JSON", async () => {
  const echo = async (request: Request) =>
    Response.json({ token: request.headers.get("authorization"), body: await request.json() });
  const seen = await asked(echo, (api) => api.post("/x", { a: 1 }), { token: "t" });
  assert.deepEqual(seen, { token: "Bearer t", body: { a: 1 } });
});

Deno.test("Api reads a list to its end, or as much as is wanted", async () => {
  const pages = (request: Request) => {
    const query = new URL(request.url).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const items = Array.from(
      { length: Math.min(Number(query.get("limit")), 250 - from) },
      (_, at) => from + at,
    );
    const next = from + items.length;
    return Response.json({
      items,
      next_cursor: next < 250 ? String(next) : null,
      beside: from === 0 ? "it" : null,
    });
  };
  const all = await asked(pages, (api) => api.list<number>("/x"));
  assert.deepEqual([all.items.length, all.items.at(-1), all.next_cursor], [250, 249, null]);
  assert.equal((all as typeof all & { beside: unknown }).beside, "it");
  const some = await asked(pages, (api) => api.list<number>("/x", {}, 120));
  assert.deepEqual([some.items.length, some.next_cursor], [120, "120"]);
});
