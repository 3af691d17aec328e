/** What the palette reaches: pages, agents, actions, conversations and tasks, as groups of named entries. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { inOrder } from "../live/roster.ts";
import type { ConversationItem } from "../server/server_api.ts";
import { fill } from "../texts/fill.ts";
import type { Language, Texts } from "../texts/texts.ts";
import { oneLine } from "../ui/plain_text.ts";
import type { View } from "./listen.ts";
import { ranked } from "./match.ts";
import { shortcutOf, SHORTCUTS } from "./shortcuts.ts";

export interface Entry {
  id: string;
  /** What it is called; what others wrote is made inert. */
  label: string;
  /** The language of the label, where that is another than the page's. */
  lang?: string;
  detail?: string;
  /** The shortcut that does the same. */
  keys?: string;
  /** Where it leads; else what it does. */
  href?: string;
  view?: View;
  /** The language that it changes to. */
  language?: string;
}

export interface Group {
  name: "pages" | "agents" | "actions" | "conversations" | "tasks";
  entries: Entry[];
}

/** A task, as far as the palette shows it. */
export interface TaskItem {
  task_id: string;
  task_type: string;
  description?: string;
}

/** What the server said, and what it was asked. */
export interface Found {
  query: string;
  agents: readonly AgentInfo[];
  conversations: readonly ConversationItem[];
  tasks: readonly TaskItem[];
}

/** What the palette says, in the reader's language. */
export interface Words {
  language: Language;
  frame: Texts["frame"];
  status: Texts["common"]["status"];
  palette: Texts["palette"];
}

/** A language that can be changed to, by its own name. */
export interface OtherLanguage {
  language: string;
  name: string;
}

const MOST = 8;
const LONGEST_LABEL = 200;

/** Gives what fits `query`, in an order of groups that does not change; a group without entries is left out. */
export function groupsFor(
  query: string,
  found: Found,
  { words, languages }: { words: Words; languages: readonly OtherLanguage[] },
): Group[] {
  const isFresh = found.query === query;
  // What the server found may fit by what is not shown of it; what it found for another query has to fit by its name.
  const asFound = (entries: Entry[]) => isFresh ? entries : ranked(query, entries);
  const actions = [...query ? agentActions(found.agents, words) : [], ...ownActions(words, languages)];
  const groups: Group[] = [
    { name: "pages", entries: ranked(query, pages(words)) },
    { name: "agents", entries: ranked(query, agents(found.agents, words)) },
    { name: "actions", entries: ranked(query, actions) },
    { name: "conversations", entries: asFound(conversations(found.conversations, words)) },
    { name: "tasks", entries: asFound(tasks(found.tasks)) },
  ];
  return groups.map((group) => ({ ...group, entries: group.entries.slice(0, MOST) }))
    .filter(({ entries }) => entries.length > 0);
}

function pages({ frame, palette }: Words): Entry[] {
  const named = { ...frame, ...palette };
  const reached = SHORTCUTS.flatMap((each) => "href" in each ? [each] : []);
  return [
    ...reached.map(({ name, href, keys }) => ({ id: `page-${name}`, label: named[name], href, keys })),
    { id: "page-new-task", label: palette.newTask, href: "/tasks?new" },
    { id: "page-dead-letters", label: palette.deadLetters, href: "/system/dead-letters" },
  ];
}

function agents(known: readonly AgentInfo[], { status: words }: Words): Entry[] {
  return inOrder(known).map(({ agent_id: id, agent_name: name, is_online, status }) => ({
    id: `agent-${id}`,
    label: label(name) || id,
    detail: words[is_online ? status as keyof typeof words : "offline"] ?? label(status ?? ""),
    href: agentHref(id),
  }));
}

/** Pausing is asked about on the agent's own page. */
function agentActions(known: readonly AgentInfo[], { palette }: Words): Entry[] {
  return known.filter(({ is_online }) => is_online).map(({ agent_id: id, agent_name, status }) => ({
    id: `action-${id}`,
    label: fill(status === "paused" ? palette.resume : palette.pause, { name: label(agent_name) || id }),
    href: agentHref(id),
  }));
}

function ownActions({ frame }: Words, languages: readonly OtherLanguage[]): Entry[] {
  return [
    ...languages.map(({ language, name }) => ({
      id: `language-${language}`,
      label: name,
      detail: frame.language,
      lang: language,
      language,
    })),
    {
      id: "action-shortcuts",
      label: frame.shortcuts,
      keys: shortcutOf("shortcuts")!.keys,
      view: "shortcuts" as const,
    },
  ];
}

function conversations(items: readonly ConversationItem[], { palette }: Words): Entry[] {
  return items.map(({ conversation_id: id, title }) => ({
    id: `conversation-${id}`,
    label: label(title) || palette.untitled,
    href: `/c/${encodeURIComponent(id)}`,
  }));
}

function tasks(items: readonly TaskItem[]): Entry[] {
  return items.map(({ task_id: id, task_type, description }) => ({
    id: `task-${id}`,
    label: label(description ?? "") || label(task_type),
    detail: label(task_type),
    href: `/tasks/${encodeURIComponent(id)}`,
  }));
}

const agentHref = (id: string) => `/agents/${encodeURIComponent(id)}`;

/** Cuts before it cleans: a name may be a megabyte. */
function label(text: string): string {
  return oneLine(text.slice(0, LONGEST_LABEL).toWellFormed());
}
