import { expect } from "expect";
import { countNew, keyed, linksOf, type RecentError } from "./errors.ts";

const error = (fields: Partial<RecentError>): RecentError => ({
  at: "2026-05-01T12:00:00.000Z",
  code: "internal",
  what: "message",
  id: "msg_1",
  text: "It failed.",
  agent_id: null,
  conversation_id: null,
  ...fields,
});

Deno.test("errors that are alike have names of their own, which later ones do not change", () => {
  const [alike, other] = [error({}), error({ id: "msg_2" })];
  const shown = keyed([alike, alike, other]);
  expect(new Set(shown.map(({ key }) => key)).size).toBe(3);
  const later = keyed([alike, other, alike, alike, other]);
  expect(later.slice(2).map(({ key }) => key)).toEqual(shown.map(({ key }) => key));
  expect(countNew(shown, later)).toBe(2);
});

Deno.test("countNew() counts all where nothing is known, and none where nothing came", () => {
  const shown = keyed([error({})]);
  expect(countNew(shown, shown)).toBe(0);
  expect(countNew([], shown)).toBe(1);
  expect(countNew(shown, keyed([error({ id: "a" }), error({ id: "b" })]))).toBe(2);
  expect(countNew(shown, [])).toBe(0);
});

Deno.test("an error leads to what it is about, and an odd id nowhere", () => {
  const cases: [fields: Partial<RecentError>, links: ReturnType<typeof linksOf>][] = [
    [{ what: "task", id: "task_1" }, { thing: "/tasks/task_1" }],
    [{ what: "dead_letter", id: "msg_1" }, { thing: "/system/dead-letters/msg_1" }],
    [{ what: "command", id: "cmd_1", agent_id: "agent_a" }, { agent: "/agents/agent_a" }],
    [{ conversation_id: "conv_1" }, { conversation: "/c/conv_1" }],
    [{ what: "task", id: "../x", agent_id: "..", conversation_id: "a b" }, {}],
  ];
  for (const [fields, links] of cases) {
    expect(JSON.parse(JSON.stringify(linksOf(error(fields))))).toEqual(links);
  }
});
