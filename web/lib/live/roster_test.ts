import { expect } from "expect";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { helperOf, hueOf, isOffline, nameOf, updated } from "./roster.ts";

const agent = (id: string, more: Partial<AgentInfo> = {}) =>
  ({ agent_id: id, agent_name: id.toUpperCase(), is_online: true, ...more }) as AgentInfo;
const ids = (agents: AgentInfo[]) => agents.map(({ agent_id }) => agent_id);

Deno.test("updated() replaces everybody by a full update, and takes part of them from another", () => {
  const before = updated([], { is_full_update: true, agents: [agent("b"), agent("a")] });
  expect(ids(before)).toEqual(["a", "b"]);
  const later = updated(before, {
    is_full_update: false,
    agents: [agent("a", { is_online: false }), agent("c")],
  });
  expect(ids(later)).toEqual(["b", "c", "a"]);
  expect(ids(updated(later, { is_full_update: false, agents: [agent("b", { removed: true })] }))).toEqual([
    "c",
    "a",
  ]);
  expect(ids(updated(later, { is_full_update: true, agents: [] }))).toEqual([]);
});

Deno.test("helperOf() finds an agent that is online and helps, or nobody", () => {
  const away = agent("a", { is_online: false, capabilities: ["help"] });
  const echo = agent("b", { capabilities: ["chat"] });
  expect(helperOf([away, echo, agent("c", { capabilities: ["chat", "help"] })])).toBe("c");
  expect(helperOf([away, echo])).toBeUndefined();
});

Deno.test("nameOf() and hueOf() answer for whoever is asked about", () => {
  expect(nameOf([agent("a")], "a")).toBe("A");
  expect(nameOf([agent("a")], "x")).toBeUndefined();
  expect(hueOf("agent_guide")).toBe(hueOf("agent_guide"));
  for (const id of ["", "a", "😀", "x".repeat(1000)]) expect(hueOf(id)).toBeLessThan(8);
});

Deno.test("isOffline() is about agents that are known, and not there", () => {
  const agents = [agent("a"), agent("b", { is_online: false })];
  expect(["a", "b", "x"].map((id) => isOffline(agents, id))).toEqual([false, true, false]);
});
