/** What went wrong lately, and how a later list of it goes with the one that is shown. */
import type { Listed } from "../server/server_api.ts";
import { isId } from "../server/server_api.ts";

export interface RecentError {
  at: string;
  code: string | null;
  what: string;
  id: string | null;
  text: string;
  agent_id: string | null;
  conversation_id: string | null;
}

export type ErrorList = Listed<RecentError>;

/** An error, and a name by which it is told from all others: two may be alike in everything. */
export interface KeyedError extends RecentError {
  key: string;
}

/** Names the errors of a list, newest first, so that later ones change no name. */
export function keyed(errors: readonly RecentError[]): KeyedError[] {
  const seen = new Map<string, number>();
  return errors.toReversed().map((error) => {
    const own = JSON.stringify([error.at, error.what, error.id, error.code, error.text]);
    const count = (seen.get(own) ?? 0) + 1;
    seen.set(own, count);
    return { ...error, key: `${own} ${count}` };
  }).reverse();
}

/** Counts what stands in `later` before the first that is shown already. */
export function countNew(shown: readonly KeyedError[], later: readonly KeyedError[]): number {
  const known = new Set(shown.map(({ key }) => key));
  const first = later.findIndex(({ key }) => known.has(key));
  return first < 0 ? later.length : first;
}

/** What an error may lead to. */
export interface ErrorLinks {
  /** A dead letter or a task. */
  thing?: string;
  conversation?: string;
  agent?: string;
}

/** Gives the pages of what an error is about; nothing for an id that is none. */
export function linksOf({ what, id, agent_id, conversation_id }: RecentError): ErrorLinks {
  const link = (path: string, id: string | null) =>
    id !== null && isId(id) ? path + encodeURIComponent(id) : undefined;
  return {
    thing: what === "task"
      ? link("/tasks/", id)
      : what === "dead_letter"
      ? link("/system/dead-letters/", id)
      : undefined,
    conversation: link("/c/", conversation_id),
    agent: link("/agents/", agent_id),
  };
}
