/** Which agents are shown. */
import { expect } from "expect";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { addressOf, type AgentFilter, filterIn, fits } from "./filter.ts";

const AGENT = {
  agent_id: "agent_ada",
  agent_name: "Ada Lovelace",
  is_online: true,
  status: "busy",
  hostname: "engine-1",
  version: "1.2",
  agent_role: "worker",
  capabilities: ["chat", "Commands"],
} as unknown as AgentInfo;

const CASES: [filter: Partial<AgentFilter>, agent: Partial<AgentInfo>, isShown: boolean][] = [
  [{}, {}, true],
  [{ query: "LOVE" }, {}, true],
  [{ query: " lace  engine " }, {}, true],
  [{ query: "ada eve" }, {}, false],
  [{ query: "commands" }, {}, true],
  [{ query: "agent_ada" }, {}, true],
  [{ query: "ada" }, { capabilities: undefined }, true],
  [{ query: ".*" }, {}, false],
  [{ status: "busy" }, {}, true],
  [{ status: "idle" }, {}, false],
  [{ status: "online" }, {}, true],
  [{ status: "online" }, { is_online: false }, false],
  [{ status: "busy" }, { is_online: false }, false],
  [{ status: "offline" }, { is_online: false }, true],
  [{ status: "busy", query: "eve" }, {}, false],
];

Deno.test("fits() goes by every word, in any case, and by the status that is shown", () => {
  for (const [filter, agent, isShown] of CASES) {
    const found = fits({ ...AGENT, ...agent } as AgentInfo, { query: "", status: "", ...filter });
    expect([filter, agent, found]).toEqual([filter, agent, isShown]);
  }
});

Deno.test("the filter is read from the address that it is written to; what no filter is counts as not said", () => {
  for (
    const filter of [{ query: "", status: "" }, { query: "a&b=ü", status: "busy" }, {
      query: "x",
      status: "",
    }] as const
  ) {
    expect(filterIn(new URL(addressOf(filter), "http://localhost").searchParams)).toEqual(filter);
  }
  expect(addressOf({ query: "  ", status: "" })).toBe("/agents");
  expect(filterIn(new URLSearchParams("status=<b>&q=" + "x".repeat(300)))).toEqual({
    query: "x".repeat(200),
    status: "",
  });
});
