/** Rosters on a store and a clock of their own, for the tests of presence. */
import { ParleyError } from "../../shared/error.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { type AgentRegistration, openRoster, type Roster, type RosterOptions } from "../roster.ts";

export const CONFIG = { AGENT_HEARTBEAT_INTERVAL: 30, AGENT_INACTIVITY_TIMEOUT: 15 };
export const ADA = {
  agentId: "agent_ada",
  agentName: "Ada",
  connectionType: "grpc",
  delivery: "queue",
} as const satisfies AgentRegistration;
export const DAY_MS = 24 * 60 * 60 * 1000;

/** What a roster needs, and a way to open one after the other on it, as servers do that are started anew. */
export interface Ground {
  open: (options?: Partial<RosterOptions>) => Promise<Roster>;
  clock: FakeClock;
  store: Store;
}

export interface Scene extends Ground {
  roster: Roster;
  /** What listeners were told, one entry a telling: `agent_ada online`. */
  told: string[][];
}

/** Plays on a store of its own. */
export async function ground(play: (ground: Ground) => Promise<void>): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  const clock = new FakeClock();
  const open = (options: Partial<RosterOptions> = {}) =>
    openRoster({ store, serverId: "server_1", config: CONFIG, clock, ...options });
  await play({ open, clock, store });
}

/** Plays with one roster. */
export function scene(play: (scene: Scene) => Promise<void> | void): Promise<void> {
  return ground(async (ground) => {
    await using roster = await ground.open();
    const told: string[][] = [];
    roster.onChange((changed) => told.push(changed.map(inWords)));
    await play({ ...ground, roster, told });
  });
}

const inWords = (info: AgentInfo) =>
  `${info.agent_id} ${info.removed ? "removed" : info.is_online ? info.status : "offline"}`;

export const isOnline = (roster: Roster, id = "agent_ada") => roster.get(id)?.isOnline;
export const codeIs = (code: string) => (error: unknown) =>
  error instanceof ParleyError && error.code === code;
