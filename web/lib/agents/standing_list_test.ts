/** A list that stands still under its reader. */
import { expect } from "expect";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { inHeldOrder, keepUnchanged } from "./standing_list.ts";

const agent = (agent_id: string, status = "idle") => ({ agent_id, status }) as AgentInfo;

Deno.test("keepUnchanged() gives the same object for an agent of whom the same is said, and no other", () => {
  const [one, two] = [agent("1"), agent("2")];
  const next = [agent("2"), agent("1", "busy"), agent("3")];
  const kept = keepUnchanged([one, two], next);
  expect(kept).toEqual(next);
  expect(kept.map((each) => [one, two].includes(each))).toEqual([true, false, false]);
});

Deno.test("inHeldOrder() leaves everybody where they were, and puts newcomers at the end", () => {
  const found = inHeldOrder(["3", "1", "gone", "2"], ["1", "2", "9", "3", "8"].map((id) => agent(id)));
  expect(found.map(({ agent_id }) => agent_id)).toEqual(["3", "1", "2", "9", "8"]);
});
