/** The pages of the system as the server gives them: what they say without any script. */
import { expect } from "expect";
import { withPages } from "./testing/pages.ts";

const NOW = new Date().toISOString();
const EARLIER = new Date(Date.now() - 5_000).toISOString();
const STATS = {
  server_id: "server_1",
  version: "7.8.9",
  started_at: EARLIER,
  uptime_s: 7_260,
  backends: { bus: "rabbitmq", store: "postgres" },
  messages: { accepted: 1_234, delivered: 5, dead_letters: 6 },
  sockets: { frontend: 3, agent: 2, broker: 1 },
  agents: { known: 9, online: 8 },
};
const POINT = {
  at: EARLIER,
  accepted: 5,
  delivered: 5,
  dead_letters: 0,
  errors: 0,
  tasks_ended: 10,
  commands_ended: 0,
  round_trip_p50_ms: 12,
  round_trip_p95_ms: 1_500,
  agents_online: 8,
  tasks_waiting: 1,
  tasks_held: 1,
  messages_waiting: 0,
  memory_bytes: 123e6,
  queues: { broker_input_queue: 4, "agent_queue_*": 0 },
};
const BROKER = {
  broker_id: "broker_1",
  broker_name: "Bea <b>",
  is_online: true,
  last_seen: NOW,
  status: "idle",
  connection_type: "grpc",
  registered_at: EARLIER,
};
const LETTER = {
  id: "msg_1",
  queue: "agent_queue_agent_ada",
  body: '{"text_payload":"<script>alert(1)</script>","conversation_id":"conv_1"}',
  code: "agent_offline",
  reason: "Nobody <i>came</i>.",
  at: NOW,
};
const ERROR = {
  at: NOW,
  code: "timeout",
  what: "task",
  id: "task_1",
  text: "It took <b>too long</b>.",
  agent_id: "agent_ada",
  conversation_id: null,
};

const list = (items: unknown[], next_cursor: string | null = null) => Response.json({ items, next_cursor });
const ANSWERS: Record<string, () => Response> = {
  "/api/stats": () => Response.json(STATS),
  "/api/stats/series": () =>
    Response.json({ interval_ms: 5_000, points: [POINT, { ...POINT, at: NOW, accepted: 10 }] }),
  "/api/queues": () => list([{ queue: "broker_input_queue", ready: 4, in_flight: 2, consumers: 1 }]),
  "/api/brokers": () => list([BROKER]),
  "/readyz": () =>
    Response.json({ status: "not ready", faults: { bus: "<b>No</b> connection" } }, { status: 503 }),
  "/api/dead-letters": () => list([LETTER], "older_ones"),
  "/api/dead-letters?q=nothing": () => list([]),
  "/api/dead-letters?cursor=wrong": () => Response.json({ code: "invalid_message" }, { status: 422 }),
  "/api/dead-letters/msg_1": () => Response.json(LETTER),
  "/api/dead-letters/msg_long": () => Response.json({ ...LETTER, body: "long ".repeat(100_000) }),
  "/api/errors": () => list([ERROR], "older_errors"),
  "/api/errors?cursor=end": () => list([]),
  "/api/errors?cursor=wrong": () => Response.json({ code: "invalid_message" }, { status: 422 }),
};

/** Answers as the server does; what it was asked for is kept. */
function server(req: Request, asked: string[]): Response {
  const url = new URL(req.url);
  asked.push(url.pathname + url.search);
  url.searchParams.delete("limit");
  const answer = ANSWERS[url.pathname + url.search] ?? ANSWERS[url.pathname];
  return answer?.() ?? Response.json({ code: "not_found" }, { status: 404 });
}

interface Site {
  ask(path: string): Promise<{ status: number; html: string }>;
  /** What the server was asked for. */
  asked: string[];
}

async function withSite(check: (site: Site) => Promise<void>, port?: number): Promise<void> {
  const asked: string[] = [];
  await withPages((req) => server(req, asked), (ask) =>
    check({
      asked,
      async ask(path) {
        const response = await ask(path);
        return { status: response.status, html: await response.text() };
      },
    }), port);
}

Deno.test("the overview's first paint has figures, charts, this server, brokers, queues and faults", () =>
  withSite(async ({ ask }) => {
    const { status, html } = await ask("/system");
    expect(status).toBe(200);
    const said = [
      'aria-label="Messages in the last 15 minutes: now 2/s, lowest 1/s, highest 2/s"',
      'class="gauge-now">2/s<',
      'd="M298.3 28L300 0"',
      "95 % within 1.5\u00a0s",
      "123\u00a0MB",
      "7.8.9",
      "2 h 1 min",
      "RabbitMQ",
      "PostgreSQL",
      "8 online of 9 known",
      "1,234 accepted",
      "Bea &lt;b>",
      "broker_input_queue in the last 15 minutes: now 4",
      "The server cannot do its work now.",
      "&lt;b>No&lt;/b> connection",
    ];
    for (const text of said) expect(html).toContain(text);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  }));

Deno.test("/system/now gives what came after a time, and the health that the server's port has", () =>
  withSite(async ({ ask, asked }) => {
    const reading = JSON.parse((await ask(`/system/now?since=${EARLIER}`)).html);
    expect(reading).toMatchObject({ stats: STATS, health: { status: "not ready" }, brokers: [BROKER] });
    expect(asked).toContain(`/api/stats/series?since=${encodeURIComponent(EARLIER)}`);
  }));

Deno.test("the dead letters' first paint lists them as text, and searches and pages by address", () =>
  withSite(async ({ ask, asked }) => {
    const { html } = await ask("/system/dead-letters?q=some%20words&queue=tasks&cursor=c1&other=1");
    expect(asked).toContain("/api/dead-letters?limit=25&q=some+words&queue=tasks&cursor=c1");
    const said = [
      "&lt;script>alert(1)&lt;/script>",
      "Nobody &lt;i>came&lt;/i>.",
      'href="/system/dead-letters/msg_1"',
      'href="/agents/agent_ada"',
      'value="some words"',
      'value="tasks"',
      'href="/system/dead-letters?q=some+words&amp;queue=tasks&amp;cursor=older_ones"',
      'href="/system/dead-letters?q=some+words&amp;queue=tasks"',
    ];
    for (const text of said) expect(html).toContain(text);
    expect(html).not.toContain("<script>alert");
    expect((await ask("/system/dead-letters?q=nothing")).html).toContain("Nothing was found");
    const gone = await ask("/system/dead-letters?cursor=wrong");
    expect([gone.status, gone.html]).toEqual([404, expect.stringContaining("not there any more")]);
  }));

Deno.test("a dead letter is shown whole, a long one at first in part, and an unknown one is 404", () =>
  withSite(async ({ ask }) => {
    const { html } = await ask("/system/dead-letters/msg_1");
    expect(html).toContain("\n  &quot;text_payload&quot;: &quot;&lt;script>alert(1)&lt;/script>&quot;,\n");
    expect(html).toContain('href="/c/conv_1"');
    const long = await ask("/system/dead-letters/msg_long");
    expect(long.html.length).toBeLessThan(60_000);
    expect(long.html).toContain("Show all of it");
    const unknown = await ask("/system/dead-letters/msg_none");
    expect([unknown.status, unknown.html]).toEqual([404, expect.stringContaining("no such dead letter")]);
    const tooLong = await ask(`/system/dead-letters/${"a".repeat(201)}`);
    expect([tooLong.status, tooLong.html]).toEqual([404, expect.stringContaining("There is nothing here")]);
  }));

Deno.test("the errors' first paint lists them with their links, page by page", () =>
  withSite(async ({ ask }) => {
    const { html } = await ask("/system/errors");
    const said = [
      "It took &lt;b>too long&lt;/b>.",
      'href="/tasks/task_1"',
      'href="/agents/agent_ada"',
      'href="/system/errors?cursor=older_errors"',
    ];
    for (const text of said) expect(html).toContain(text);
    expect((await ask("/system/errors?cursor=end")).html).toContain("Nothing went wrong lately");
  }));

Deno.test("every page of the system is there while the server is not, and says what to start", () =>
  withSite(async ({ ask }) => {
    for (const path of ["", "/dead-letters", "/dead-letters/msg_1", "/errors"]) {
      const { status, html } = await ask(`/system${path}`);
      expect([path, status, html.includes("deno task start:server")]).toEqual([path, 200, true]);
    }
  }, 1));
