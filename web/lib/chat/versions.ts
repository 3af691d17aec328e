/** Which version of a question is shown: one that was edited, tried again or answered anew stands in the older one's place. */
import type { Chat } from "./chat.ts";
import type { Entry, Question } from "./entry.ts";

/** The versions of one question. */
export interface Versions {
  /** What all of them have in common: the id of the first. */
  root: string;
  /** Oldest first. */
  ids: readonly string[];
}

/** Tells whether there are the same versions; they only ever become more. */
export function isSameVersions(one: Versions, other: Versions): boolean {
  return one.root === other.root && one.ids.length === other.ids.length;
}

export interface Shown {
  entries: readonly Entry[];
  /** By the question's id, where there are several. */
  versions: ReadonlyMap<string, Versions>;
}

/** Lists what is shown: of each question the newest version, or the one `chosen` for its root, with its answers. */
export function shownOf({ entries }: Chat, chosen: Readonly<Record<string, string>> = {}): Shown {
  const versions = versionsIn(entries);
  if (versions.size === 0) return { entries, versions };
  const hidden = new Set<string>();
  for (const [id, { root, ids }] of versions) {
    const seen = ids.includes(chosen[root]!) ? chosen[root] : ids.at(-1);
    if (id !== seen) hidden.add(id);
  }
  const isShown = (entry: Entry) => !hidden.has((entry.kind === "answer" ? entry.inReplyTo : entry.id) ?? "");
  return { entries: entries.filter(isShown), versions };
}

function versionsIn(entries: readonly Entry[]): Map<string, Versions> {
  if (!entries.some((entry) => entry.kind === "question" && entry.replaces)) return new Map();
  const questions = entries.filter((entry): entry is Question => entry.kind === "question");
  const roots = new Map<string, string>();
  const byRoot = new Map<string, string[]>();
  for (const { id, replaces } of questions) {
    const root = replaces ? roots.get(replaces) ?? replaces : id;
    roots.set(id, root);
    byRoot.set(root, [...byRoot.get(root) ?? [], id]);
  }
  const several = [...byRoot].filter(([, ids]) => ids.length > 1);
  return new Map(several.flatMap(([root, ids]) => ids.map((id) => [id, { root, ids }] as const)));
}
