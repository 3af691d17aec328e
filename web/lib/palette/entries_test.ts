import { expect } from "expect";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { textsOf } from "../texts/languages.ts";
import { type Found, groupsFor, type Words } from "./entries.ts";

const { frame, palette, common } = textsOf("en");
const words: Words = { language: "en", frame, palette, status: common.status };
const said = { words, languages: [{ language: "de", name: "Deutsch" }] };

function agent(id: string, name: string, more: Partial<AgentInfo> = {}): AgentInfo {
  return { agent_id: id, agent_name: name, is_online: true, status: "idle", ...more } as AgentInfo;
}

const found = (query: string, more: Partial<Found> = {}): Found => ({
  query,
  agents: [
    agent("agent_ada", "Ada"),
    agent("a/b", "Bob", { status: "paused" }),
    agent("gone", "Gone", { is_online: false }),
  ],
  conversations: [{ conversation_id: "conv_1", title: "", updated_at: "" }],
  tasks: [{ task_id: "task_1", task_type: "digest", description: "" }],
  ...more,
});

/** Shows each group as its entries' labels and where they lead. */
const shown = (query: string, given = found(query)) =>
  groupsFor(query, given, said).map(({ name, entries }) => [
    name,
    ...entries.map(({ label, href, view, language }) => `${label} → ${href ?? view ?? language}`),
  ]);

Deno.test("groupsFor() shows what there is while nothing is typed", () => {
  expect(shown("")).toEqual([
    [
      "pages",
      "Chat → /",
      "Agents → /agents",
      "Tasks → /tasks",
      "System → /system",
      "New conversation → /",
      "New task → /tasks?new",
      "Dead letters → /system/dead-letters",
    ],
    ["agents", "Ada → /agents/agent_ada", "Bob → /agents/a%2Fb", "Gone → /agents/gone"],
    ["actions", "Deutsch → de", "Keyboard shortcuts → shortcuts"],
    ["conversations", "Untitled → /c/conv_1"],
    ["tasks", "digest → /tasks/task_1"],
  ]);
});

Deno.test("groupsFor() offers to pause who works and to resume who is paused, on their own pages", () => {
  expect(shown("ada", found("other"))).toEqual([
    ["agents", "Ada → /agents/agent_ada"],
    ["actions", "Pause Ada → /agents/agent_ada"],
  ]);
  expect(shown("resume", found("other"))).toEqual([["actions", "Resume Bob → /agents/a%2Fb"]]);
  expect(shown("gone", found("other"))).toEqual([["agents", "Gone → /agents/gone"]]);
});

Deno.test("groupsFor() finds a language by its own name and by the word for it, an agent by its status", () => {
  for (const query of ["deut", "language"]) {
    expect(shown(query, found("other"))).toEqual([["actions", "Deutsch → de"]]);
  }
  expect(shown("offline", found("other"))).toEqual([["agents", "Gone → /agents/gone"]]);
});

Deno.test("groupsFor() keeps what the server found for this query, and of another what fits by name", () => {
  const tasks = [{ task_id: "t1", task_type: "report" }, { task_id: "t2", task_type: "xylophone" }];
  const given = { agents: [], conversations: [], tasks };
  expect(shown("xyl", found("xyl", given))).toEqual([[
    "tasks",
    "report → /tasks/t1",
    "xylophone → /tasks/t2",
  ]]);
  expect(shown("xylo", found("xyl", given))).toEqual([["tasks", "xylophone → /tasks/t2"]]);
});

Deno.test("groupsFor() makes hostile names inert and short, and shows at most eight of a kind", () => {
  const agents = Array.from(
    { length: 200 },
    (_, index) => agent(`a${index}`, "x\u202e\n" + "y".repeat(1_000_000)),
  );
  const [group] = groupsFor("x", found("x", { agents, conversations: [], tasks: [] }), said);
  expect([group!.name, group!.entries.length]).toEqual(["agents", 8]);
  expect(group!.entries[0]!.label.startsWith("x\ufffd y")).toBe(true);
  expect(group!.entries[0]!.label.length).toBeLessThanOrEqual(200);
});
