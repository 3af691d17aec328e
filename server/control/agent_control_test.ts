import assert from "node:assert/strict";
import { type Principal, serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { createAuthorize } from "../authorize.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { openRoster, type Roster } from "../roster.ts";
import { AGENT_ACTIONS, AgentControl } from "./agent_control.ts";

const CONFIG = { AGENT_HEARTBEAT_INTERVAL: 30, AGENT_INACTIVITY_TIMEOUT: 15 };
const ada: Principal = { ...serverPrincipal("web_ada"), kind: "person" };
const guide: Principal = { ...serverPrincipal("agent_1"), kind: "agent" };

interface Scene {
  roster: Roster;
  control: AgentControl;
  /** What agents were told, or would have been. */
  told: string[];
  /** Agents that cannot be told anything. */
  deaf: Set<string>;
}

/** There is no other server. */
const NOBODY = { leave: () => Promise.reject(new Error("There is no other server.")) };

/** Has `agent_1` and `agent_2`. */
async function scene(play: (scene: Scene) => Promise<void> | void): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  await using roster = await openRoster({
    store,
    serverId: "server_1",
    config: CONFIG,
    clock: new FakeClock(),
  });
  for (const agentId of ["agent_1", "agent_2"]) {
    await roster.register({ agentId, agentName: agentId, connectionType: "grpc", delivery: "queue" });
  }
  const [told, deaf]: [string[], Set<string>] = [[], new Set()];
  const tell = (agentId: string, word: string) => !deaf.has(agentId) && told.push(`${word} ${agentId}`) > 0;
  await play({
    roster,
    control: new AgentControl({ roster, authorize: createAuthorize(), errands: NOBODY, tell }),
    told,
    deaf,
  });
}

Deno.test("one() pauses and resumes, tells the agent, and says whether that changed anything", () =>
  scene(async ({ roster, control, told }) => {
    const act = (action: "pause" | "resume") => control.one(ada, action, "agent_1");
    assert.deepEqual(await act("pause"), {
      agentId: "agent_1",
      changed: true,
      text: "agent_1 is paused. New messages wait for it.",
    });
    assert.equal(roster.isReachable("agent_1"), false);
    assert.deepEqual([
      (await act("pause")).changed,
      (await act("resume")).changed,
      (await act("resume")).changed,
    ], [
      false,
      true,
      false,
    ]);
    assert.equal(roster.isReachable("agent_1"), true);
    assert.deepEqual(told, ["pause agent_1", "resume agent_1"]);
  }));

Deno.test("all() acts on everybody that is known, and names those it changed anything for", () =>
  scene(async ({ roster, control, told }) => {
    const all = async (action: "resume" | "deregister" | "reregister") =>
      (await control.all(ada, action)).agentIds;
    await control.one(ada, "pause", "agent_2");
    roster.disconnected("agent_1");
    const { agentIds, text } = await control.all(ada, "pause");
    assert.deepEqual([agentIds, text], [["agent_1"], "1 of 2 agents were paused."]);
    assert.deepEqual(await all("resume"), ["agent_1", "agent_2"]);
    assert.deepEqual(told, ["pause agent_2", "pause agent_1", "resume agent_1", "resume agent_2"]);
    assert.deepEqual(await all("deregister"), ["agent_1", "agent_2"]);
    assert.deepEqual(await all("reregister"), ["agent_1", "agent_2"]);
    assert.deepEqual(await all("reregister"), []);
  }));

Deno.test("arrived() tells a paused agent that it is paused, and one that was resumed meanwhile that it is not", () =>
  scene(async ({ control, told, deaf }) => {
    control.arrived("agent_1");
    assert.deepEqual(told, []);
    await control.one(ada, "pause", "agent_1");
    deaf.add("agent_1");
    await control.one(ada, "resume", "agent_1");
    deaf.clear();
    control.arrived("agent_1");
    control.arrived("agent_1");
    assert.deepEqual(told, ["pause agent_1", "resume agent_1"]);
    await control.one(ada, "pause", "agent_1");
    control.arrived("agent_1");
    assert.deepEqual(told.slice(2), ["pause agent_1", "pause agent_1"]);
  }));

Deno.test("one() and all() refuse whom they do not know, nobody, and who may not", () =>
  scene(async ({ control, told }) => {
    for (const action of AGENT_ACTIONS) {
      await assert.rejects(control.one(ada, action, "agent_3"), { code: "not_found", message: /agent_3/ });
      await assert.rejects(control.one(ada, action, ""), { code: "invalid_message", message: /'agent_id'/ });
      await assert.rejects(control.one(guide, action, "agent_1"), { code: "forbidden" });
      await assert.rejects(control.all(guide, action), { code: "forbidden" });
    }
    assert.deepEqual(told, []);
  }));
