/** Registering with the server: what is sent, when it is tried again, and what a refusal is called. */
import { type ErrorCode, ParleyError, retryable } from "../shared/error.ts";
import type { AgentRegistrationRequest } from "../shared/grpc/gen/agent_registration.ts";
import { hostname } from "../shared/hostname.ts";

/** How an agent presents itself. */
export interface Profile {
  name: string;
  /** The id to have. Absent: the server assigns one. */
  id?: string | undefined;
  /** The id to have if it is free, where `id` is not given. */
  preferredId?: string | undefined;
  role: string;
  capabilities: readonly string[];
  /** Further things to know, by name. A value that is empty or `true` would make the name a capability. */
  attributes?: Readonly<Record<string, string>> | undefined;
  maxConcurrent: number;
  version: string;
}

/** What the registration gave: the agent's id, and the key that takes this id again. */
export interface Identity {
  id: string;
  sessionKey: string;
}

/** An id that was in use a moment ago may be that of the process this one replaces: it is asked for this often. */
const TRIES_FOR_AN_ID = 5;

/** Writes the registration of `profile`, as whom it was registered before if it was. */
export function registrationOf(profile: Profile, before: Identity | undefined): AgentRegistrationRequest {
  return {
    agentId: before?.id ?? profile.id ?? profile.preferredId ?? "",
    agentName: profile.name,
    version: profile.version,
    capabilities: {
      ...profile.attributes,
      ...Object.fromEntries(profile.capabilities.map((name) => [name, "true"])),
    },
    hostname: hostname(),
    platform: Deno.build.os,
    agentRole: profile.role,
    maxConcurrentTasks: profile.maxConcurrent,
    sessionKey: before?.sessionKey ?? "",
    opensStream: true,
  };
}

/** What to do about a registration that failed: try again, do without the preferred id, or give up. */
export type NextTry = "again" | "anonymously" | "never";

/** Decides what follows when registering `profile` failed with `code` for the `failures`th time in a row. */
export function nextTry(code: ErrorCode, failures: number, profile: Profile): NextTry {
  // Whoever an operator has taken off is let back some day.
  if (code === "forbidden") return "again";
  if (code !== "conflict") return retryable(code) ? "again" : "never";
  if (failures < TRIES_FOR_AN_ID) return "again";
  return profile.id === undefined && profile.preferredId !== undefined ? "anonymously" : "never";
}

/** Makes an id out of an agent's name and its machine, so that the agent is the same one when it is started again. */
export async function preferredIdOf(name: string, host: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${host}\n${name}`));
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40);
  const mark = new Uint8Array(digest).subarray(0, 4).toHex();
  return `agent_${slug ? `${slug}-` : ""}${mark}`;
}

/** Turns a refusal into one that names what to change. */
export function refusal(error: ParleyError, profile: Profile, server: string): ParleyError {
  return new ParleyError(error.code, sentenceOf(error, profile, server), { cause: error });
}

function sentenceOf({ code, message }: ParleyError, profile: Profile, server: string): string {
  switch (code) {
    case "conflict":
      return `The id '${profile.id ?? ""}' is in use by an agent that is connected now. ` +
        "Stop that one, or give this one another --id.";
    case "unsupported_type":
      return `What answers at ${server} does not register agents. Check --server, GRPC_HOST and GRPC_PORT.`;
    default:
      return `The server at ${server} refused to register '${profile.name}': ${message}`;
  }
}
