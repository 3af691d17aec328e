/** Answers on how Parley works and how this one is doing. */
import { unreachable } from "./about_agents.ts";
import type { Facts } from "./facts.ts";
import { list, paragraphs, plain, shell, span, steps, table } from "./markdown.ts";

export function parley(): string {
  return paragraphs(
    "**Parley** is a hub where people and agents talk. Four kinds of process:",
    table(["Process", "What it does"], [
      ["server", "the only one that others connect to; keeps conversations, knows who is there, delivers"],
      ["broker", "decides who gets a message; start several, they share the work"],
      ["agent", "answers; I am one"],
      ["web", "the dashboard"],
    ]),
    "Your message goes dashboard → server → broker (chooses) → server → agent, and the answer comes back the same way.",
  );
}

export function routing({ brokers }: Facts): string {
  return paragraphs(
    "A broker decides. A message with a receiver goes to that agent; one without goes to an online agent, never back to its sender, by `ROUTING_STRATEGY`:",
    table(["Strategy", "Who is chosen"], [
      ["`least-loaded`", "who has the most free capacity; the default"],
      ["`round-robin`", "each in turn"],
      ["`random`", "by chance"],
      ["`sticky`", "who answered last in this conversation, while online"],
    ]),
    "For a receiver that is offline, `ROUTING_IF_OFFLINE` or the message's own `if_offline` counts: `error` (default), `wait` or `reroute`.",
    "To change it, restart the broker:",
    shell("ROUTING_STRATEGY=sticky deno task start:broker"),
    brokers === 0 && "**No broker is connected now**, so nothing is routed until one is.",
  );
}

export function states(): string {
  return paragraphs(
    table(["State", "What it means"], [
      ["`pending`", "the server has stored your message; a broker is to decide"],
      ["`routed`", "the broker has chosen the agent, whose id the message now carries"],
      ["`delivered`", "it is in the agent's queue, or with the agent"],
      ["`error`", "it cannot be delivered or answered; the message says why"],
    ]),
    "Then the answer follows, piece by piece while it is written. A message that stays `pending` waits for a broker; one that stays `delivered` waits for its agent.",
  );
}

/** Says what to look at when nobody answers, what is wrong here and now first. */
export function trouble(facts: Facts): string {
  const found = findings(facts);
  return paragraphs(
    found.length > 0
      ? paragraphs("What I see right now:", list(found))
      : "From here everything looks well: the server is ready, and a broker and agents are connected.",
    "What to check, in this order:",
    steps([
      "**`pending` and no further**: no broker is connected. `deno task start:broker`.",
      "**“No agent available”**: nobody but the sender is online. `deno task start:agent -- --name Ada`.",
      "**“Agent offline”**: that agent's process has ended. Start it again, or write to nobody in particular.",
      "**`delivered` and no answer**: the agent is busy or its model is slow; its log says which.",
      "**An error from a model**: a 401 is a wrong key, a 429 means too many requests; the message says what to do.",
      `**Otherwise**: ${facts.apiUrl}/readyz names the part that fails, and the log has the details (\`LOG_LEVEL=debug\` has more).`,
    ]),
  );
}

function findings(facts: Facts): string[] {
  const { agents, brokers, ready, self } = facts;
  const found: string[] = [];
  if (!agents) found.push(`The server's HTTP interface at ${facts.apiUrl} does not answer me.`);
  if (brokers === 0) {
    found.push("No broker is connected: messages wait as `pending`. `deno task start:broker` helps.");
  }
  if (ready && !ready.ok) found.push(`The server is not ready${failing(ready.failing)}.`);
  if (agents && !agents.some(({ is_online, agent_id }) => is_online && agent_id !== self.id)) {
    found.push("I am the only agent online.");
  }
  const paused = agents?.filter(({ is_online, status }) => is_online && status === "paused") ?? [];
  if (paused.length > 0) {
    found.push(`Paused: ${paused.map((agent) => `**${plain(agent.agent_name)}**`).join(", ")}.`);
  }
  return found;
}

function failing(parts: readonly string[]): string {
  return parts.length > 0 ? `: ${parts.map(plain).join(", ")}` : "";
}

/** Says how the system is doing, in figures. */
export function system(facts: Facts): string {
  const { agents, brokers, ready, stats, version } = facts;
  if (!agents && !ready) return unreachable(facts);
  const rows: [string, string][] = [];
  if (ready) rows.push(["Server", ready.ok ? "ready" : `not ready${failing(ready.failing)}`]);
  if (version) rows.push(["Version", plain(version)]);
  if (agents) {
    rows.push([
      "Agents",
      `${agents.filter(({ is_online }) => is_online).length} online of ${agents.length}`,
    ]);
  }
  if (brokers !== undefined) rows.push(["Brokers", String(brokers)]);
  return table(["What", "Now"], [
    ...rows,
    ...FIGURES.flatMap(([name, words]) => figure(words, name, stats[name])),
  ]);
}

/** The figures that people ask for, by their place in `/api/stats`. */
const FIGURES: readonly [name: string, words: string][] = [
  ["uptime_s", "Running for"],
  ["messages.accepted", "Messages accepted"],
  ["messages.delivered", "Messages delivered"],
  ["messages.waiting", "Messages waiting"],
  ["messages.dead_letters", "Messages given up"],
  ["sockets.frontend", "People connected"],
  ["memory_bytes", "Server's memory"],
];

function figure(words: string, name: string, value: number | string | undefined): [string, string][] {
  if (value === undefined) return [];
  if (name.endsWith("_s")) return [[words, span(Number(value))]];
  if (name.endsWith("_bytes")) return [[words, `${Math.round(Number(value) / 1_048_576)} MB`]];
  return [[words, plain(String(value))]];
}

export function history({ apiUrl }: Facts): string {
  return paragraphs(
    "Yes. The server writes every message down; a reload of the page, or a restart of any part, brings the conversation back.",
    list([
      `All of them: ${apiUrl}/api/conversations`,
      `One of them: \`${apiUrl}/api/conversations/ID/messages\`; \`DELETE ${apiUrl}/api/conversations/ID\` removes it.`,
      "I read back what was said in ours, so “and Echo?” works.",
    ]),
  );
}
