import { strict as assert } from "node:assert";
import { agentInfoSchema } from "../../shared/model/agent.ts";
import { answer } from "./answer.ts";
import type { Facts } from "./facts.ts";
import { span } from "./markdown.ts";
import { TOPIC_NAMES, topicOf } from "./topic.ts";

const agent = (agent_id: string, agent_name: string, more: object = {}) =>
  agentInfoSchema.parse({
    agent_id,
    agent_name,
    is_online: true,
    last_seen: "2026-01-01T00:00:00.000Z",
    ...more,
  });

const facts: Facts = {
  self: { id: "agent_guide", name: "Guide" },
  apiUrl: "http://localhost:8765",
  dashboardUrl: "http://localhost:8000",
  agents: [
    agent("agent_guide", "Guide", { capabilities: ["help"], max_concurrent_tasks: 8 }),
    agent("agent_echo", "Echo", {
      status: "busy",
      status_text: "answering 2",
      capabilities: ["echo", "chat"],
      current_tasks: 2,
      max_concurrent_tasks: 8,
      metrics: { messages_answered: "41", uptime_s: "3720" },
    }),
    agent("agent_mia", "Mia", { is_online: false, agent_role: "writer" }),
  ],
  brokers: 1,
  ready: { ok: true, failing: [] },
  stats: { uptime_s: 90_061, "messages.accepted": 12, memory_bytes: 104_857_600 },
  version: "0.1.0",
};
const dark: Facts = {
  ...facts,
  agents: undefined,
  brokers: undefined,
  ready: undefined,
  stats: {},
  version: undefined,
};

const CASES: [question: string, facts: Facts, says: RegExp[]][] = [
  ["hello", facts, [/I am Guide/, /- Who is online\?/]],
  ["help", facts, [/- How do I add an agent\?/, /- How do I use RabbitMQ\?/]],
  ["Who is online?", facts, [
    /2 agents are online/,
    /\| \*\*Echo\*\* \| busy \| 2 of 8 \| echo, chat \|/,
    /offline: \*\*Mia\*\*/,
  ]],
  ["Who is online?", { ...facts, agents: [] }, [/No agent is shown online/]],
  ["Who is online?", dark, [/cannot ask the server at http:\/\/localhost:8765/, /PARLEY_API_URL/]],
  ["What can each agent do?", facts, [/\*\*Mia\*\* \| writer \| – \| offline/]],
  ["What can Echo do?", facts, [/\*\*Echo\*\* names these capabilities: echo, chat/]],
  ["status of echo", facts, [/\*\*Echo\*\* is online/, /busy: answering 2/, /Answered \| 41/, /1 h 2 min/]],
  ["is Mia online?", facts, [/\*\*Mia\*\* is offline/, /if_offline: wait/]],
  ["status of Zoe", facts, [/No agent is called Zoe/, /\*\*Echo\*\*/]],
  ["How do I add an agent?", facts, [/deno task start:agent -- --name Ada/, /`openai`/]],
  ["How do I write my own agent?", facts, [/new Agent\(\{ name: "Shout"/, /agent\.run\(\)/]],
  ["How do I hand an agent a task?", facts, [/agent\.onTask\("resize"/, /task submit resize .*--wait/]],
  ["how to cancel a task", facts, [/task cancel ID/]],
  ["How do I use Mistral?", facts, [/MISTRAL_API_KEY/]],
  ["How do I use Ollama?", facts, [/OPENAI_BASE_URL=http:\/\/localhost:11434\/v1/]],
  ["How do I use RabbitMQ?", facts, [/BUS_URL=amqp:\/\/guest:guest@localhost:5672/]],
  ["Where is the dashboard?", facts, [
    /http:\/\/localhost:8000/,
    /openapi\.json/,
    /ws:\/\/localhost:8765\/ws/,
  ]],
  ["which routing strategy?", facts, [/least-loaded/, /ROUTING_STRATEGY/]],
  ["what does pending mean?", facts, [/\| `pending` \|/, /\| `error` \|/]],
  ["nobody answers", facts, [/everything looks well/, /start:broker/]],
  ["nobody answers", { ...facts, brokers: 0 }, [/What I see right now:\n\n- No broker is connected/]],
  ["nobody answers", { ...facts, ready: { ok: false, failing: ["bus"] } }, [/not ready: bus/]],
  ["nobody answers", dark, [/does not answer me/]],
  ["what's the uptime?", facts, [
    /Running for \| 1 d 1 h/,
    /Messages accepted \| 12/,
    /100 MB/,
    /Version \| 0\.1\.0/,
    /Agents \| 2 online of 3/,
  ]],
  ["what's the uptime?", dark, [/cannot ask the server/]],
  ["What is the capital of France?", facts, [/I don't know that/, /- Who is online\?/, /\*\*Echo\*\*/]],
  ["the parts of my car", facts, [/not sure what you mean/, /- What is Parley/]],
];

for (const [question, known, says] of CASES) {
  const about = known === facts ? "" : known === dark ? " (nothing known)" : " (something wrong)";
  Deno.test(`answer() to "${question}"${about} says ${says[0]}`, () => {
    const text = answer(question, [], known);
    for (const part of says) assert.match(text, part);
  });
}

Deno.test("answer() understands every question that it offers, and has an answer with and without facts", () => {
  for (const topic of TOPIC_NAMES) {
    const { ask } = topicOf(topic);
    if (!ask) continue;
    for (const known of [facts, dark]) {
      const text = answer(ask, [], known);
      assert.ok(text.length > 40, ask);
      assert.doesNotMatch(text, /I don't know that|not sure what you mean|undefined|NaN/, ask);
    }
  }
});

Deno.test("answer() answers both questions when two are clearly asked, and one otherwise", () => {
  const online = /2 agents are online/;
  for (const both of ["Who is online, and how do I add an agent?", "Who is online? How do I add an agent?"]) {
    const text = answer(both, [], facts);
    assert.match(text, online);
    assert.match(text, /deno task start:agent -- --name Ada/);
  }
  const parley = "What is Parley, and how do its parts fit together?";
  assert.equal(answer(parley, [], facts), answer("What is Parley?", [], facts));
  assert.doesNotMatch(answer("Hi! And who is online?", [], facts), /I am Guide/);
});

Deno.test("answer() follows up on what was asked before", () => {
  assert.match(answer("and Echo?", ["What can Guide do?"], facts), /\*\*Echo\*\* names these capabilities/);
});

Deno.test("answer() shows names that others chose as text, not as Markdown", () => {
  const sly = { ...facts, agents: [agent("agent_x", "<b>|[x](javascript:1)\n# Hi")] };
  assert.match(answer("who is online", [], sly), /\\<b\\>\\\|\\\[x\\\]\(javascript:1\) \\# Hi/);
});

Deno.test("span() says a time by its two largest units", () => {
  assert.deepEqual([0, 59, 61, 3_600, 90_061].map(span), ["0 s", "59 s", "1 min 1 s", "1 h", "1 d 1 h"]);
});
