/** From what was meant to what is said. Pure: a question, the facts, an answer in Markdown. */
import { roster, skills, status } from "./about_agents.ts";
import type { Facts } from "./facts.ts";
import { history, parley, routing, states, system, trouble } from "./how_it_works.ts";
import * as howTo from "./how_to.ts";
import { list, paragraphs, plain } from "./markdown.ts";
import * as operate from "./operate.ts";
import { TOPIC_NAMES, type TopicName, topicOf } from "./topic.ts";
import { type Meaning, partsOf, understand } from "./understand.ts";

type Answer = (facts: Facts, meaning: Meaning) => string;

const ANSWERS: Record<TopicName, Answer> = {
  greeting: (facts) =>
    paragraphs(
      `Hello! I am ${plain(facts.self.name)}, and I know this system. You can ask me:`,
      offers(SHORT),
    ),
  thanks: () => "You are welcome. Ask again whenever something here is unclear.",
  help: () => paragraphs("I answer about this running system:", offers(TOPIC_NAMES)),
  self: (facts) =>
    `I am ${
      plain(facts.self.name)
    }, an agent without a language model: I look things up in the running system and answer from what I find. ` +
    "For conversation about anything else, add a Mistral or an OpenAI-compatible agent; ask me how.",
  parley,
  roster,
  skills: (facts, { agent }) => skills(facts, agent),
  status: (facts, { agent, unknownName: name }) => status(facts, { agent, name }),
  add: howTo.addAgent,
  write: howTo.writeAgent,
  commands: operate.commands,
  tasks: operate.tasks,
  command_line: operate.commandLine,
  control: operate.control,
  presence: operate.presence,
  dead_letters: operate.deadLetters,
  mistral: howTo.mistral,
  openai: howTo.openai,
  rabbitmq: howTo.rabbitmq,
  addresses: howTo.addresses,
  routing,
  address_one: howTo.addressOne,
  states,
  trouble,
  system,
  settings: howTo.settings,
  network: howTo.network,
  history,
  scale: howTo.scale,
  stop: howTo.stop,
};

const SHORT: readonly TopicName[] = ["roster", "skills", "add", "commands", "mistral", "trouble", "help"];

/** Answers `question`, each part of it, in the light of what the same person asked `earlier`, from `facts` alone. */
export function answer(question: string, earlier: readonly string[], facts: Facts): string {
  const parts = partsOf(question);
  return paragraphs(...parts.map((part, at) => answerOne(part, [...earlier, ...parts.slice(0, at)], facts)));
}

function answerOne(question: string, earlier: readonly string[], facts: Facts): string {
  const meaning = understand({ question, earlier, agents: facts.agents ?? [] });
  if (meaning.topic === undefined) return notKnown(meaning, facts);
  return ANSWERS[meaning.topic](facts, meaning);
}

function notKnown({ nearest }: Meaning, facts: Facts): string {
  const close = nearest.filter((topic) => topicOf(topic).ask);
  const others = (facts.agents ?? []).filter(({ is_online, agent_id }) =>
    is_online && agent_id !== facts.self.id
  );
  return paragraphs(
    close.length > 0
      ? "I am not sure what you mean. Perhaps one of these:"
      : "I don't know that: I have no language model, only this system to look at. What I can answer:",
    offers(close.length > 0 ? close : SHORT),
    others.length > 0 &&
      `Others are online too: ${others.map((one) => `**${plain(one.agent_name)}**`).join(", ")}.`,
  );
}

function offers(topics: readonly TopicName[]): string {
  return list(topics.flatMap((topic) => topicOf(topic).ask ?? []));
}
