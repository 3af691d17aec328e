/** On whose behalf something is done: every session, row and store call carries one. */

/** The tenant that everything belongs to until authentication exists. */
export const DEFAULT_TENANT = "default";

export type PrincipalKind = "person" | "agent" | "broker" | "server";

/** Names who acts (`id`: the session's, agent's or broker's id) and within which tenant; ids are unique in a tenant. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
  readonly tenantId: string;
}

/** Makes the principal with which the server itself acts. */
export function serverPrincipal(serverId: string): Principal {
  return { kind: "server", id: serverId, tenantId: DEFAULT_TENANT };
}

/** Makes the principal of an agent. */
export function agentPrincipal(agentId: string): Principal {
  return { kind: "agent", id: agentId, tenantId: DEFAULT_TENANT };
}

/** Says who acts, for people: the id, or for whoever shows no session that it is nobody in particular. */
export function actorOf({ kind, id }: Principal): string {
  return kind === "server" ? "an operator" : id;
}
