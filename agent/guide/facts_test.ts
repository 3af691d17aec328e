import { strict as assert } from "node:assert";
import { failingIn, figuresIn, readFacts } from "./facts.ts";

const self = { id: "agent_guide", name: "Guide" };

async function served<T>(
  answers: Record<string, Response>,
  work: (apiUrl: string) => Promise<T>,
): Promise<T> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => answers[new URL(request.url).pathname]?.clone() ?? new Response(null, { status: 404 }),
  );
  try {
    return await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const signal = new AbortController().signal;

Deno.test("readFacts() reads agents, brokers, readiness, figures and version", async () => {
  const agent = { agent_id: "agent_echo", agent_name: "Echo", is_online: true, last_seen: "now" };
  const answers = {
    "/": Response.json({ service: "parley", version: "1.2.3" }),
    "/api/agents": Response.json({ items: [agent, { broken: true }, { ...agent, removed: true }] }),
    "/api/brokers": Response.json({ items: [{ is_online: true }, { is_online: false }] }),
    "/api/stats": Response.json({ uptime_s: 61, queues: { ready: 2 } }),
    "/readyz": Response.json({ status: "failing", faults: { bus: "away" } }, { status: 503 }),
  };
  const facts = await served(answers, (apiUrl) => readFacts({ self, apiUrl, dashboardUrl: "" }, signal));
  assert.deepEqual(facts.agents?.map(({ agent_id }) => agent_id), ["agent_echo"]);
  assert.deepEqual([facts.brokers, facts.version], [1, "1.2.3"]);
  assert.deepEqual(facts.ready, { ok: false, failing: ["bus (away)"] });
  assert.deepEqual(facts.stats, { uptime_s: 61, "queues.ready": 2 });
});

Deno.test("readFacts() leaves undefined what nobody answers", async () => {
  const facts = await readFacts({ self, apiUrl: "http://127.0.0.1:9", dashboardUrl: "" }, signal);
  assert.deepEqual([facts.agents, facts.brokers, facts.ready, facts.version], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(facts.stats, {});
});

Deno.test("failingIn() names each part that is not well, with its reason", () => {
  assert.deepEqual(failingIn({ status: "failing", faults: { bus: "RabbitMQ is away" } }), [
    "bus (RabbitMQ is away)",
  ]);
  assert.deepEqual([failingIn({ faults: {} }), failingIn("text")], [[], []]);
});

Deno.test("figuresIn() keeps figures and their place, and no lists", () => {
  assert.deepEqual(figuresIn({ a: 1, b: { c: "x", d: [1] } }), { a: 1, "b.c": "x" });
});
