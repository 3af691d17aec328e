/** The pages of agents as the server gives them: what is in them without any script. */
import { expect } from "expect";
import { withPages as withApp } from "./testing/pages.ts";

const AT = "2026-05-01T12:00:00.000Z";
const agent = (id: string, more: object = {}) => ({
  agent_id: id,
  agent_name: `${id} <b>`,
  is_online: true,
  last_seen: AT,
  status: "idle",
  status_text: "",
  agent_role: "worker",
  version: "1.2.3",
  hostname: "engine",
  platform: "linux",
  capabilities: ["chat", "commands"],
  attributes: { command_types: "shell" },
  current_tasks: 1,
  max_concurrent_tasks: 8,
  load_factor: 0.125,
  metrics: { "<i>": "<script>alert(1)</script>" },
  ...more,
});
const AGENTS = [
  ...Array.from({ length: 100 }, (_, index) => agent(`agent_${index}`)),
  agent("agent_last", { status: "busy", hostname: "far" }),
];
const COMMAND = {
  command_id: "cmd_1",
  agent_id: "agent_1",
  type: "shell",
  content: "",
  arguments: ["rm", "a  b", "\u202e"],
  status: "awaiting_approval",
  exit_code: null,
  output: "",
  truncated_bytes: 0,
  error_message: null,
  signal: null,
  execution_time_ms: null,
  approval: { digest: "sha", description: "/bin/rm 'a  b' <script>\u202e", expires_at: AT },
  created_at: AT,
  started_at: null,
  ended_at: null,
  cancel_asked_at: null,
};
const ENDED = {
  ...COMMAND,
  command_id: "cmd_0",
  arguments: ["df", "-h"],
  status: "failed",
  exit_code: 3,
  execution_time_ms: 1_500,
  approval: null,
  started_at: AT,
};
const TASK = {
  task_id: "task_1",
  task_type: "count",
  description: "<script>",
  status: "failed",
  progress: 0,
  error: "no numbers",
  updated_at: AT,
};
const MESSAGE = {
  message_id: "msg_1",
  message_type: "TEXT",
  sender_id: "web_1",
  receiver_id: "agent_1",
  conversation_id: "conv_1",
  text_payload: "<script>alert(1)</script>" + "x".repeat(574) + "😀" + "x".repeat(9_424),
  send_timestamp: AT,
};
const HISTORY = {
  items: [{ at: "2026-05-01T11:00:00.000Z", status: "idle", is_online: true, reason: "registered <b>" }],
  next_cursor: null,
  availability: {
    from: "2026-05-01T02:00:00.000Z",
    to: AT,
    online_ms: 3_600_000,
    known_ms: 36_000_000,
    ratio: 0.1,
  },
};

function server(req: Request): Response {
  const { pathname, searchParams } = new URL(req.url);
  const list = (items: unknown[], next_cursor: string | null = null) => Response.json({ items, next_cursor });
  switch (pathname) {
    case "/api/agents":
      return searchParams.has("cursor") ? list(AGENTS.slice(100)) : list(AGENTS.slice(0, 100), "next");
    case "/api/agents/agent_1":
      return Response.json(AGENTS[1]);
    case "/api/agents/agent_1/history":
      return Response.json(HISTORY);
    case "/api/agents/agent_1/commands":
      return list([COMMAND, ENDED]);
    case "/api/tasks":
      return list(searchParams.get("agent") === "agent_1" ? [TASK] : []);
    case "/api/messages":
      return list(searchParams.get("agent") === "agent_1" ? [MESSAGE] : []);
    default:
      return Response.json({ code: "not_found" }, { status: 404 });
  }
}

const withPages = (check: (read: (path: string) => Promise<string>) => Promise<void>, port?: number) =>
  withApp(server, (ask) =>
    check(async (path) => {
      const response = await ask(path);
      return `${response.status} ${response.headers.get("cache-control")}\n${await response.text()}`;
    }), port);

/** What stands in the body, without the data for the browser. */
const body = (html: string) => html.slice(html.indexOf("<body")).replace(/<script[^>]*>[^]*?<\/script>/g, "");

Deno.test("the list has all agents in it, more than one page of them, and nothing of theirs as markup", () =>
  withPages(async (read) => {
    const html = await read("/agents");
    expect(html).toMatch(/^200 no-store\n/);
    expect(html).toContain("<title>Agents · Parley</title>");
    expect(body(html).match(/data-agent=/g)?.length).toBe(101);
    expect(body(html)).toContain("agent_0 &lt;b>");
    expect(body(html)).toContain("1 of 8");
    expect(body(html)).not.toContain("<b>");
  }));

Deno.test("the list is filtered by its address, and says when nobody fits", () =>
  withPages(async (read) => {
    const far = body(await read("/agents?q=far&status=busy"));
    expect(Array.from(far.matchAll(/data-agent="(\w+)"/g), ([, id]) => id)).toEqual(["agent_last"]);
    expect(far).toContain('value="far"');
    expect(far).toMatch(/<option selected value="busy"|<option value="busy" selected/);
    const nobody = body(await read("/agents?q=nobody"));
    expect(nobody).toContain("No agent fits");
    expect(nobody).not.toContain("data-agent=");
  }));

Deno.test("an agent's page has its facts, its time line and its changes", () =>
  withPages(async (read) => {
    const html = await read("/agents/agent_1");
    expect(html).toMatch(/^200 no-store\n/);
    expect(html).toContain("<title>agent_1 &lt;b> · Parley</title>");
    const text = body(html);
    for (const said of ["1.2.3", "engine", "worker", "&lt;script>alert(1)", "registered &lt;b>", "10%"]) {
      expect(text).toContain(said);
    }
    expect(
      Array.from(text.matchAll(/<rect class="presence-(\w+)" x="(\d+)" width="(\d+)"/g), (m) => m.slice(1)),
    )
      .toEqual([["offline", "0", "900"], ["online", "900", "100"]]);
    expect(text).toMatch(/href="\/agents\/agent_1\?view=tasks"/);
  }));

Deno.test("its commands, tasks and messages each have an address", () =>
  withPages(async (read) => {
    const commands = body(await read("/agents/agent_1?view=commands"));
    expect(commands).toContain("/bin/rm 'a  b' &lt;script>\\u{202e}");
    expect(commands).toContain("a␣␣b");
    expect(commands).toContain("exit code 3");
    expect(commands).toContain("took 1.5 sec");
    const tasks = body(await read("/agents/agent_1?view=tasks"));
    expect(tasks).toContain('href="/tasks/task_1"');
    expect(tasks).toContain("no numbers");
    const messages = body(await read("/agents/agent_1?view=messages"));
    expect(messages).toContain('href="/c/conv_1"');
    expect(messages).toMatch(/x{574}<\/p>[^]*Show 9,426 more characters/);
    for (const text of [commands, tasks, messages]) {
      expect(text).not.toMatch(/<script>|\u202e/);
      expect(text.length).toBeLessThan(20_000);
    }
  }));

Deno.test("an agent that nobody knows is 404, says so, and links back; an id of no form is an error page", () =>
  withPages(async (read) => {
    const unknown = await read("/agents/agent_none");
    expect(unknown).toMatch(/^404 /);
    expect(body(unknown)).toContain("Nothing is known of “agent_none”");
    expect(body(unknown)).toContain('href="/agents">All agents');
    expect(await read("/agents/%3Cscript%3E")).toMatch(/^404 [^]*There is nothing here/);
  }));

Deno.test("the pages are there while the server is not, and say what to start", () =>
  withPages(async (read) => {
    for (const path of ["/agents", "/agents/agent_1", "/agents/agent_1?view=commands"]) {
      const html = await read(path);
      expect(html).toMatch(/^200 /);
      expect(html).toContain("deno task start:server");
    }
  }, 1));
