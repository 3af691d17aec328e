/** The page as the server gives it: what is in it without any script, and how much script there is. */
import { expect } from "expect";
import { type Ask, withPages } from "./testing/pages.ts";
import { gzipSync } from "node:zlib";

/** Bytes of JavaScript, gzipped: 34,600 when this was written, of which Markdown is 5,100 and Preact with signals 8,400. */
const MOST_SCRIPT = 40_000;

const AGENT = {
  agent_id: "agent_ada",
  agent_name: "Ada <b>",
  is_online: true,
  last_seen: "2026-05-01T12:00:00.000Z",
  status: "busy",
  capabilities: ["chat"],
};
const MESSAGES = [
  {
    message_type: "REPLY",
    message_id: "msg_reply001",
    in_reply_to_message_id: "msg_asked001",
    sender_id: "agent_ada",
    conversation_id: "conv_known001",
    text_payload: "**Yes**, <script>alert(1)</script>",
  },
  {
    message_type: "TEXT",
    message_id: "msg_asked001",
    sender_id: "web_1",
    conversation_id: "conv_known001",
    text_payload: "Are you there?",
    routing_status: "delivered",
    receiver_id: "agent_ada",
  },
];

/** Answers as the server does, with one agent and one conversation. */
function server(req: Request): Response {
  const list = (items: unknown[]) => Response.json({ items, next_cursor: null });
  const { pathname } = new URL(req.url);
  if (pathname === "/api/agents") return list([AGENT]);
  if (pathname === "/api/conversations") {
    return list([{ conversation_id: "conv_known001", title: "Are you there?", updated_at: AGENT.last_seen }]);
  }
  const [, id, part] = /^\/api\/conversations\/(\w+)(\/messages)?$/.exec(pathname) ?? [];
  if (id === "conv_broken1") return Response.json({ code: "internal" }, { status: 500 });
  if (id === "conv_known001" || id === "conv_older001") {
    return part
      ? list(MESSAGES)
      : Response.json({ conversation_id: id, title: "Are <you> there?", updated_at: AGENT.last_seen });
  }
  return Response.json({ code: "not_found" }, { status: 404 });
}

const withPage = (check: (ask: Ask) => Promise<void>, port?: number) => withPages(server, check, port);

Deno.test("the first paint has the agents and conversations in it, and nothing of them as markup", () =>
  withPage(async (ask) => {
    const html = await (await ask("/")).text();
    expect(html).toContain("Ada &lt;b>");
    expect(html).toContain("busy");
    expect(html).toContain('href="/c/conv_known001"');
  }));

Deno.test("a conversation's page shows its messages, drawn from Markdown, with scripts as text", () =>
  withPage(async (ask) => {
    const response = await ask("/c/conv_known001");
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain("<strong>Yes</strong>");
    expect(html).toContain("&lt;script>alert(1)");
    expect(html).toContain("routed to Ada");
    // Buttons are no part of what the log reads aloud.
    expect(html).toContain('<p class="last-actions" aria-live="off">');
    expect(html).not.toContain("<script>alert");
  }));

Deno.test("a conversation that does not exist is 404 and still a page; an id of no form is an error page", () =>
  withPage(async (ask) => {
    const unknown = await ask("/c/conv_unknown1");
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain("<h2>There is nothing here.</h2>");
    const broken = await ask("/c/conv_broken1");
    expect(broken.status).toBe(200);
    expect(await broken.text()).not.toContain("<h2>There is nothing here.</h2>");
    const odd = await ask("/c/%3Cscript%3E");
    expect(odd.status).toBe(404);
    expect(await odd.text()).toContain("There is nothing here");
  }));

Deno.test("a conversation has its name also where the list of the newest ones has it not", () =>
  withPage(async (ask) => {
    const html = await (await ask("/c/conv_older001")).text();
    expect(html).toContain("<title>Are &lt;you> there? · Parley</title>");
    expect(html).toContain('<h1 dir="auto">Are &lt;you> there?</h1>');
  }));

Deno.test("what is sent before the page is at work goes nowhere, so that the text stays in its field", () =>
  withPage(async (ask) => {
    expect(await (await ask("/")).text()).toMatch(/<form class="composer" method="dialog"/);
  }));

Deno.test("an export of what does not exist is 404, and without the server 503", async () => {
  const path = "/c/conv_unknown1/export?as=json";
  const statusOf = async (response: Response) => (await response.body?.cancel(), response.status);
  await withPage(async (ask) => expect(await statusOf(await ask(path))).toBe(404));
  await withPage(async (ask) => expect(await statusOf(await ask(path))).toBe(503), 1);
});

Deno.test("the page is there while the server is not, and says what to start", () =>
  withPage(async (ask) => {
    const response = await ask("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("deno task start:server");
    const list = await ask("/api/conversations");
    expect([list.status, (await list.json()).code]).toEqual([503, "unavailable"]);
    const socket = await ask("/ws", { headers: { upgrade: "websocket", connection: "upgrade" } });
    expect(socket.status).toBe(503);
    await socket.body?.cancel();
  }, 1));

Deno.test("the policy allows nothing inline, and the page has no inline script or style", () =>
  withPage(async (ask) => {
    const response = await ask("/c/conv_known001");
    const policy = response.headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe");
    const html = await response.text();
    const scripts = Array.from(html.matchAll(/<script[^>]*>/g), ([tag]) => tag);
    expect(scripts.every((tag) => tag.includes(" src=") || tag.includes('type="application/json"'))).toBe(
      true,
    );
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  }));

Deno.test("/healthz is ok; foreign host names and origins are refused", () =>
  withPage(async (ask) => {
    expect(await (await ask("/healthz")).text()).toBe("ok");
    const cases: [path: string, headers: Record<string, string>, status: number][] = [
      ["/", { host: "evil.example" }, 403],
      ["/healthz", { host: "evil.example" }, 403],
      ["/ws", { origin: "http://evil.example", upgrade: "websocket" }, 403],
      ["/ws", {}, 426],
      ["/nothing", {}, 404],
      ["/api/conversations/%2e%2e/messages", {}, 404],
    ];
    for (const [path, headers, status] of cases) {
      const response = await ask(path, { headers });
      await response.body?.cancel();
      expect([path, response.status]).toEqual([path, status]);
    }
  }));

/** Reads every script that a page may ever load, also what it imports when it is needed; `leaveOut` sees each code. */
async function scriptsOf(
  ask: (path: string) => Promise<Response>,
  leaveOut: (code: string) => boolean,
): Promise<Map<string, string>> {
  const html = await (await ask("/")).text();
  const urls = Array.from(html.matchAll(/(?:src|href)="(\/_fresh\/js\/[^"]+)"/g), (match) => match[1]!);
  const found = new Map<string, string>();
  for (const url of urls) {
    if (found.has(url)) continue;
    const code = await (await ask(url)).text();
    if (leaveOut(code)) continue;
    found.set(url, code);
    const imports = code.matchAll(/(?:from|import|import\()\s*["']\.\/([\w.-]+\.js)["']/g);
    for (const [, name] of imports) urls.push(url.replace(/[^/]+$/, name!));
  }
  return found;
}

Deno.test(`all of the chat's JavaScript but the colours of code is at most ${MOST_SCRIPT} bytes gzipped`, () =>
  withPage(async (ask) => {
    const scripts = await scriptsOf(ask, (code) => code.includes("hljs-"));
    const sizes = [...scripts.values()].map((code) => gzipSync(code, { level: 9 }).byteLength);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThanOrEqual(MOST_SCRIPT);
    expect(total).toBeGreaterThan(25_000);
    // What the palette loads when it is opened is among them.
    expect([...scripts.values()].some((code) => code.includes("aria-activedescendant"))).toBe(true);
  }));
