/** From a question to what is meant: a topic, and the agent it is about. Pure; no model is asked. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import { TOPIC_NAMES, type TopicName, topicOf } from "./topic.ts";
import { means, wordsOf } from "./words.ts";

export interface Meaning {
  /** Undefined: not understood; `nearest` says what comes closest. */
  topic: TopicName | undefined;
  /** The agent that the question names. */
  agent?: AgentInfo | undefined;
  /** A name that was asked for and that no agent has. */
  unknownName?: string | undefined;
  nearest: TopicName[];
}

export interface Said {
  question: string;
  /** What the same person asked before, oldest first. */
  earlier: readonly string[];
  agents: readonly AgentInfo[];
}

const PHRASE_WEIGHT = 5;
const ENOUGH = 2;
const FOLLOW_UP = /^(and|what about|how about|or|also)\b|\b(it|its|that one|he|she|they|this one)\b/;
/** Topics that an agent's name alone does not turn into a question about that agent. */
const ABOUT_AGENTS: ReadonlySet<TopicName> = new Set(["status", "skills", "roster"]);

/** Decides what `said` is about. A follow-up such as "and Echo?" takes its topic from the questions before. */
export function understand({ question, earlier, agents }: Said): Meaning {
  if (wordsOf(question).length === 0) return { topic: "help", nearest: [] };
  const agent = agentNamed(question, agents);
  const bare = agent ? bestOf(scored(withoutName(question, agent))) : undefined;
  const own = scored(question);
  const before = earlier.at(-1);
  const said = agent ? bare : bestOf(own);
  if (before !== undefined && isFollowUp(question, { hasTopic: said !== undefined })) {
    return followUp({ question: before, earlier: earlier.slice(0, -1), agents }, { topic: said, agent });
  }
  const topic = isAboutAgents(bare) ? bare : bestOf(own);
  return settled({ topic, agent, question, nearest: own.slice(0, 3).map(({ topic }) => topic) });
}

/** Where one question may end and another begin: a sentence's end, or an "and" before a word that asks. */
const BETWEEN_QUESTIONS = /[?!.;]\s+|,?\s+and\s+(?=(?:who|what|which|where|why|how|can|is|are|do|does)\b)/i;
const MOST_QUESTIONS = 3;

/** Takes `question` apart where each part clearly asks for something else; otherwise it is the only one. */
export function partsOf(question: string): string[] {
  const parts = question.trim().split(BETWEEN_QUESTIONS);
  if (parts.length > MOST_QUESTIONS) return [question];
  const topics = new Set(parts.map(clearTopicOf));
  return topics.size === parts.length && !topics.has(undefined) ? parts : [question];
}

function clearTopicOf(part: string): TopicName | undefined {
  return scored(part).find(({ score }) => score >= PHRASE_WEIGHT)?.topic;
}

function bestOf(ranked: readonly { topic: TopicName; score: number }[]): TopicName | undefined {
  return ranked.find(({ score }) => score >= ENOUGH)?.topic;
}

/** An agent may be called what a topic is called: what is left of the question tells which is meant. */
function withoutName(question: string, { agent_name, agent_id }: AgentInfo): string {
  const names = new Set([...wordsOf(agent_name), agent_id.toLowerCase()]);
  return wordsOf(question).filter((word) => ![...names].some((name) => means(word, name))).join(" ");
}

function followUp(
  before: Said,
  now: { topic: TopicName | undefined; agent: AgentInfo | undefined },
): Meaning {
  const earlier = understand(before);
  const topic = now.topic ?? (now.agent && !isAboutAgents(earlier.topic) ? "status" : earlier.topic);
  return settled({ ...earlier, topic, agent: now.agent ?? earlier.agent, question: "" });
}

function isFollowUp(question: string, { hasTopic }: { hasTopic: boolean }): boolean {
  const plain = wordsOf(question).join(" ");
  return FOLLOW_UP.test(plain) && (!hasTopic || /\b(it|its|that one|this one)\b/.test(plain)) &&
    plain.split(" ").length <= 8;
}

function isAboutAgents(topic: TopicName | undefined): boolean {
  return topic !== undefined && ABOUT_AGENTS.has(topic);
}

function settled(meant: Meaning & { question: string }): Meaning {
  const { agent, nearest } = meant;
  const topic = agent && (meant.topic === undefined || meant.topic === "roster") ? "status" : meant.topic;
  const unknownName = agent || topic !== "status" ? undefined : nameAskedFor(meant.question);
  return { topic, agent, unknownName, nearest };
}

/** Ranks the topics that `question` touches, best first. */
function scored(question: string): { topic: TopicName; score: number }[] {
  const words = wordsOf(question);
  return TOPIC_NAMES.map((topic) => ({ topic, score: scoreOf(topic, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

function scoreOf(name: TopicName, words: readonly string[]): number {
  const { cues, phrases = [] } = topicOf(name);
  const plain = words.join(" ");
  const byPhrase = phrases.some((phrase) => phrase.test(plain)) ? PHRASE_WEIGHT : 0;
  const byWords = Object.entries(cues)
    .flatMap(([weight, list]) => list.split(" ").map((cue) => ({ cue, weight: Number(weight) })))
    .filter(({ cue }) => words.some((word) => means(word, cue)))
    .map(({ weight }) => weight);
  const alone = words.length <= 2 && byWords.length > 0 ? 1 : 0;
  return byPhrase + byWords.reduce((sum, weight) => sum + weight, 0) + alone;
}

/** Finds the agent whose name or id the question holds; an exact one before one with a slip in it. */
function agentNamed(question: string, agents: readonly AgentInfo[]): AgentInfo | undefined {
  const words = wordsOf(question);
  const plain = ` ${words.join(" ")} `;
  const exact = agents.filter(({ agent_id, agent_name }) =>
    [agent_id, agent_name].some((name) => plain.includes(` ${wordsOf(name).join(" ")} `))
  );
  const near = agents.filter(({ agent_name }) => words.some((word) => means(word, agent_name.toLowerCase())));
  return [...exact, ...near].sort(onlineFirst)[0];
}

function onlineFirst(a: AgentInfo, b: AgentInfo): number {
  return Number(b.is_online) - Number(a.is_online);
}

const NAME_ASKED = [
  /\b(?:status|state|load) of (?:the )?(?:agent )?["']?([\p{L}\p{N}_.:-]+)/iu,
  /\bis ["']?([\p{L}\p{N}_.:-]+?)["']? (?:online|busy|alive|idle|there|paused|available|connected|running)\b/iu,
  /\b(?:about|with|agent) ["']?([\p{L}\p{N}_.:-]+)["']?\s*\??$/iu,
];
const NO_NAMES = new Set([
  "it",
  "that",
  "this",
  "everyone",
  "anyone",
  "anybody",
  "somebody",
  "someone",
  "there",
  "everything",
  "things",
  "you",
  "me",
  "all",
  "agents",
  "agent",
  "an",
  "a",
  "the",
  "each",
  "system",
  "parley",
  "server",
  "who",
  "them",
]);

function nameAskedFor(question: string): string | undefined {
  const found = NAME_ASKED.map((pattern) => pattern.exec(question)?.[1]).find(Boolean);
  return found && !NO_NAMES.has(found.toLowerCase()) ? found : undefined;
}
