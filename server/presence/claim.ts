/** Who may speak for an agent: whoever shows its session key, or nobody shows one and none is needed. */
import { ParleyError } from "../../shared/error.ts";
import { isPeerKey } from "../peer_key.ts";
import type { Agent } from "./agent.ts";
import { isHeldByKey } from "./peer.ts";

/** Peers that know of no session keys show none; a key that is shown must be the right one. */
export function fits(agent: Agent, sessionKey: string | undefined): boolean {
  return !sessionKey || isPeerKey(sessionKey, agent.keyHash);
}

/** One that is shown has been checked by `fits`. Throws `unauthenticated` when none is shown and one is needed. */
export function requireKey(agent: Agent, sessionKey: string | undefined): void {
  if (sessionKey || !isHeldByKey(agent)) return;
  const reason = `${agent.id} is connected with its session key. Show the key, too.`;
  throw new ParleyError("unauthenticated", reason);
}

export function notRegistered(agentId: string): ParleyError {
  return new ParleyError("not_found", `No agent ${agentId} is registered here. Register first.`);
}

export function tookOver(agentId: string): ParleyError {
  return new ParleyError("conflict", `Another has registered as ${agentId}.`);
}

export function takenOff(agentId: string): ParleyError {
  const way = "REREGISTER_AGENT, or POST /api/agents/:id/reregister, lets it back.";
  return new ParleyError("forbidden", `An operator has taken ${agentId} off. ${way}`);
}
