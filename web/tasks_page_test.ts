/** The pages of tasks as the server gives them: what is in them without any script. */
import { expect } from "expect";
import { type Ask, withPages } from "./testing/pages.ts";
import { someTask } from "./lib/tasks/testing/some_task.ts";

const AGENT = {
  agent_id: "agent_ada",
  agent_name: "Ada <b>",
  is_online: true,
  last_seen: "2026-01-01T00:00:00.000Z",
  status: "busy",
  capabilities: ["images"],
};
const WAITING = someTask(2, {
  description: "Make <i>it</i> small",
  waiting_reason: "Nobody can do 'resize'.",
});
const MOVED = someTask(1, {
  status: "completed",
  agent_id: "agent_ada",
  attempt: 2,
  progress: 1,
  parameters: { html: "<script>alert(1)</script>" },
  result: "**Done**, <script>alert(2)</script>",
  attempts: [
    {
      attempt: 1,
      agent_id: "agent_gone",
      started_at: "2026-01-01T00:00:00.000Z",
      ended_at: "2026-01-01T00:02:05.000Z",
      outcome: "lost",
      error: "Nothing was heard of it for 30 s.",
    },
    {
      attempt: 2,
      agent_id: "agent_ada",
      started_at: "2026-01-01T00:02:06.000Z",
      ended_at: "2026-01-01T00:02:08.000Z",
      outcome: "completed",
      error: null,
    },
  ],
});

/** Answers as the server does, with two tasks and another page of them. */
function server(req: Request): Response {
  const { pathname, searchParams } = new URL(req.url);
  const list = (items: unknown[], next_cursor: string | null = null) => Response.json({ items, next_cursor });
  if (pathname === "/api/agents") return list([AGENT]);
  if (pathname === `/api/tasks/${MOVED.task_id}`) return Response.json({ ...MOVED, subtask_ids: ["task_2"] });
  if (pathname !== "/api/tasks") return Response.json({ code: "not_found" }, { status: 404 });
  if (searchParams.get("cursor") === "nonsense") {
    return Response.json({ code: "invalid_message" }, { status: 422 });
  }
  if (searchParams.get("q") === "nothing") return list([]);
  if (searchParams.get("parent") === MOVED.task_id) return list([WAITING]);
  return list([WAITING, MOVED], "further back");
}

const withPage = (check: (ask: Ask) => Promise<void>, port?: number) => withPages(server, check, port);

Deno.test("the list has every task, why it waits, and the way to the next page, without any script", () =>
  withPage(async (ask) => {
    const response = await ask("/tasks?type=resize");
    const html = await response.text();
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(html).toContain("<title>Tasks · Parley</title>");
    expect(html).toContain("Make &lt;i>it&lt;/i> small");
    expect(html).toContain("Nobody can do 'resize'.");
    expect(html).toContain('href="/tasks/task_1"');
    expect(html).toContain('href="/agents/agent_ada"');
    expect(html).toContain('href="/tasks?type=resize&amp;cursor=further+back"');
    expect(html).toMatch(/<form[^>]*method="get"[^>]*action="\/tasks"/);
    expect(html).toContain('value="resize"');
  }));

Deno.test("a filter that the address makes up stands in the form; what it cannot be is passed over", () =>
  withPage(async (ask) => {
    const html = await (await ask("/tasks?status=pending,failed,nonsense&agent=agent_gone")).text();
    expect(html).toContain("pending, failed");
    expect(html).toMatch(/<option[^>]*value="agent_gone"[^>]*selected/);
  }));

Deno.test("no match, no page further back and a page that cannot be read each say what to do", () =>
  withPage(async (ask) => {
    const cases: [query: string, says: string, link: string][] = [
      ["?q=nothing", "No task matches", 'href="/tasks"'],
      ["?q=nothing&cursor=c", "There is nothing further back", 'href="/tasks?q=nothing"'],
      ["?type=a&cursor=nonsense", "cannot show this page", 'href="/tasks?type=a"'],
    ];
    for (const [query, says, link] of cases) {
      const html = await (await ask(`/tasks${query}`)).text();
      expect([query, html.includes(says), html.includes(link)]).toEqual([query, true, true]);
      expect([query, html.includes(">Newest</a>")]).toEqual([query, false]);
    }
  }));

Deno.test("a task has its facts, its result as Markdown, every attempt and why it moved, and its subtasks", () =>
  withPage(async (ask) => {
    const response = await ask("/tasks/task_1");
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain("<strong>Done</strong>");
    expect(html).toContain("&lt;script>alert(2)");
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("Attempt 1");
    expect(html).toContain('href="/agents/agent_gone"');
    expect(html).toContain("The agent was gone");
    expect(html).toContain("took 2 min 5 sec");
    expect(html).toContain("Nothing was heard of it for 30 s.");
    expect(html).toContain('href="/tasks/task_2"');
    expect(html).toContain('href="/tasks?parent=task_1"');
  }));

Deno.test("a task that does not exist is 404 and a page that says so; an id of no form is an error page", () =>
  withPage(async (ask) => {
    const unknown = await ask("/tasks/task_unknown");
    expect([unknown.status, (await unknown.text()).includes("There is no such task")]).toEqual([404, true]);
    const odd = await ask("/tasks/%3Cscript%3E");
    expect([odd.status, (await odd.text()).includes("There is nothing here")]).toEqual([404, true]);
  }));

Deno.test("both pages are there while the server is not, and say what to start", () =>
  withPage(async (ask) => {
    for (const path of ["/tasks", "/tasks/task_1"]) {
      const response = await ask(path);
      const html = await response.text();
      expect([path, response.status, html.includes("deno task start:server")]).toEqual([path, 200, true]);
    }
  }, 1));

Deno.test("neither page has anything inline", () =>
  withPage(async (ask) => {
    for (const path of ["/tasks", "/tasks/task_1"]) {
      expect(await (await ask(path)).text()).not.toMatch(/<style|\sstyle=|\son\w+=/);
    }
  }));
