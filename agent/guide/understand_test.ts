import { strict as assert } from "node:assert";
import { agentInfoSchema } from "../../shared/model/agent.ts";
import type { TopicName } from "./topic.ts";
import { understand } from "./understand.ts";

const agents = [
  ["agent_guide", "Guide", true],
  ["agent_echo", "Echo", true],
  ["agent_mia", "Mia Wallace", false],
  ["agent_mistral", "Mistral", true],
].map(([agent_id, agent_name, is_online]) =>
  agentInfoSchema.parse({ agent_id, agent_name, is_online, last_seen: "2026-01-01T00:00:00.000Z" })
);

const CASES: [question: string, topic: TopicName | undefined, agent?: string][] = [
  ["Hi!", "greeting"],
  ["good morning", "greeting"],
  ["Thanks a lot", "thanks"],
  ["help", "help"],
  ["?", "help"],
  ["What can you do?", "help"],
  ["What can I ask you?", "help"],
  ["Who are you?", "self"],
  ["are you an AI?", "self"],
  ["What is Parley?", "parley"],
  ["How does the system work?", "parley"],
  ["Who is online?", "roster"],
  ["who's there", "roster"],
  ["whos onlien", "roster"],
  ["list agents", "roster"],
  ["Which agents are connected right now?", "roster"],
  ["how many agents are there?", "roster"],
  ["Is anyone there?", "roster"],
  ["What can each agent do?", "skills"],
  ["show me the capabilites", "skills"],
  ["what do the other agents do?", "skills"],
  ["Who can translate?", "skills"],
  ["status of Echo", "status", "agent_echo"],
  ["Is echo online?", "status", "agent_echo"],
  ["tell me about Mia Wallace", "status", "agent_mia"],
  ["how is agent_echo doing?", "status", "agent_echo"],
  ["what can Echo do?", "skills", "agent_echo"],
  ["What are the capabilities of Echo", "skills", "agent_echo"],
  ["Echo", "status", "agent_echo"],
  ["is Mistral online?", "status", "agent_mistral"],
  ["How do I use Mistral?", "mistral"],
  ["where do I put my mistral api key", "mistral"],
  ["How do I add an agent?", "add"],
  ["how can I start another agent", "add"],
  ["ad a new agent", "add"],
  ["How do I write my own agent?", "write"],
  ["Can I code an agent in typescript?", "write"],
  ["How do I use Ollama?", "openai"],
  ["How do I add an agent with Ollama?", "openai"],
  ["Start a new agent that uses vLLM", "openai"],
  ["can I connect a local model like llama?", "openai"],
  ["How do I switch to RabbitMQ?", "rabbitmq"],
  ["use rabitmq", "rabbitmq"],
  ["Where is the dashboard?", "addresses"],
  ["is there a REST API?", "addresses"],
  ["How is it decided which agent gets my message?", "routing"],
  ["which routing strategy is used?", "routing"],
  ["Who gets my message?", "routing"],
  ["how do I write to one particular agent?", "address_one"],
  ["can i talk to a specific agent", "address_one"],
  ["What does pending mean?", "states"],
  ["what do the states mean", "states"],
  ["What is the difference between routed and delivered?", "states"],
  ["Nobody answers", "trouble"],
  ["nobody answers me, why?", "trouble"],
  ["I get no reply", "trouble"],
  ["my message is stuck", "trouble"],
  ["it doesn't work", "trouble"],
  ["My message is stuck in pending", "trouble"],
  ["how long has it been running?", "system"],
  ["What's the uptime?", "system"],
  ["which version is this", "system"],
  ["How is the system doing?", "system"],
  ["how do i change the port", "settings"],
  ["which environment variables are there", "settings"],
  ["Can agents run on another machine?", "network"],
  ["is my conversation saved?", "history"],
  ["How do I have an agent run a command?", "commands"],
  ["How do I run a command on an agent?", "commands"],
  ["can agents execute shell scripts?", "commands"],
  ["how do I use the command line", "command_line"],
  ["is there a cli?", "command_line"],
  ["How do I pause an agent?", "control"],
  ["resume all agents", "control"],
  ["how can I take an agent off", "control"],
  ["when was the agent offline?", "presence"],
  ["show the history of an agent", "presence"],
  ["Where are the dead letters?", "dead_letters"],
  ["my messages got lost", "dead_letters"],
  ["Echo is dead", "status", "agent_echo"],
  ["is Echo away?", "status", "agent_echo"],
  ["since when is Echo online?", "status", "agent_echo"],
  ["how do I stop Echo from the terminal?", "stop", "agent_echo"],
  ["which command starts Parley?", "system"],
  ["what is the command to start the dashboard", "addresses"],
  ["how do I run a program as an agent?", "write"],
  ["can an agent send programs to another agent?", "address_one"],
  ["which programs do I need to install?", "write"],
  ["is the server dead?", undefined],
  ["how do I empty all queues", "dead_letters"],
  ["How do I scale this?", "scale"],
  ["how do I stop everything", "stop"],
  ["What is the capital of France?", undefined],
  ["", "help"],
];

for (const [question, topic, agent] of CASES) {
  Deno.test(`understand() takes "${question}" as ${topic ?? "not known"}${agent ? `, ${agent}` : ""}`, () => {
    const meaning = understand({ question, earlier: [], agents });
    assert.deepEqual([meaning.topic, meaning.agent?.agent_id], [topic, agent ?? meaning.agent?.agent_id]);
    if (agent) assert.equal(meaning.agent?.agent_id, agent);
  });
}

const FOLLOW_UPS: [earlier: string[], question: string, topic: TopicName, agent?: string][] = [
  [["What can Guide do?"], "and Echo?", "skills", "agent_echo"],
  [["Is Guide online?"], "What about Mia Wallace?", "status", "agent_mia"],
  [["status of Echo"], "what can it do?", "skills", "agent_echo"],
  [["What can Guide do?", "and Echo?"], "and Mistral?", "skills", "agent_mistral"],
  [["How do I add an agent?"], "and Echo?", "status", "agent_echo"],
  [["How do I use Mistral?"], "and Ollama?", "openai"],
];

for (const [earlier, question, topic, agent] of FOLLOW_UPS) {
  Deno.test(`understand() takes "${question}" after "${earlier.at(-1)}" as ${topic}${agent ? `, ${agent}` : ""}`, () => {
    const meaning = understand({ question, earlier, agents });
    assert.deepEqual([meaning.topic, meaning.agent?.agent_id], [topic, agent]);
  });
}

Deno.test("understand() keeps a name that no agent has", () => {
  const meaning = understand({ question: "what is the status of Zoe?", earlier: [], agents });
  assert.deepEqual([meaning.topic, meaning.agent, meaning.unknownName], ["status", undefined, "Zoe"]);
});

Deno.test("understand() offers the nearest topics when no cue is strong enough", () => {
  const { topic, nearest } = understand({ question: "the parts of my car", earlier: [], agents });
  assert.deepEqual([topic, nearest], [undefined, ["parley"]]);
});
