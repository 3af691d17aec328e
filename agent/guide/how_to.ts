/** Answers on how to do something with Parley: the exact commands, as the repository has them. */
import type { Facts } from "./facts.ts";
import { list, paragraphs, shell, steps, table } from "./markdown.ts";

const WITHOUT_DENO = "Without Deno installed, put `npx -y deno@2.9.6` where `deno` stands.";

export function addAgent(): string {
  return paragraphs(
    "In another terminal, in Parley's folder:",
    shell("deno task start:agent -- --name Ada"),
    "It is shown online within a second. `--kind` says what it does:",
    table(["`--kind`", "What it does"], [
      ["`guide`", "answers about this system; the default"],
      ["`echo`", "says the same again, to try things out"],
      ["`mistral`", "asks Mistral; needs `MISTRAL_API_KEY`"],
      ["`openai`", "asks any OpenAI-compatible server, such as Ollama; needs `OPENAI_BASE_URL`"],
      ["`command`", "runs the programs that `--allow-command` allows"],
    ]),
    "`--capability`, more than once if you like, names what it can do; `--help` lists the rest. " +
      WITHOUT_DENO,
  );
}

export function writeAgent(): string {
  return paragraphs(
    "A few lines, in a file `my_agent.ts` in Parley's folder:",
    [
      "```ts",
      'import { Agent } from "./agent/mod.ts";',
      "",
      'const agent = new Agent({ name: "Shout", capabilities: ["shout"] });',
      "agent.onMessage(({ text }) => text.toUpperCase());",
      "await agent.run();",
      "```",
    ].join("\n"),
    shell("deno run -A my_agent.ts"),
    list([
      "`context.write(piece)` shows a piece at once; the pieces joined are the reply.",
      "`await context.conversation()` gives what was said before.",
      "`context.signal` aborts when the person stops the reply.",
      "`examples/` has small agents to copy. In other languages, the gRPC services in `protos/` and the agent's queue are all there is to speak.",
    ]),
  );
}

export function mistral(): string {
  return paragraphs(
    "Set the key, then start everything, and a Mistral agent joins:",
    shell("MISTRAL_API_KEY=… deno task start"),
    "Or add one to what runs already:",
    shell("MISTRAL_API_KEY=… deno task start:agent -- --kind mistral --name Mia"),
    "`MISTRAL_MODEL` chooses the model. Both may stand in `.env`. The whole conversation is its context.",
  );
}

export function openai(): string {
  return paragraphs(
    "Any server that speaks OpenAI's interface will do: Ollama, llama.cpp, vLLM, or OpenAI itself. With Ollama:",
    shell(
      "ollama pull llama3.2",
      "OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_MODEL=llama3.2 deno task start:agent -- --kind openai --name Olla",
    ),
    "`OPENAI_API_KEY` is needed only where the server asks for one. All three may stand in `.env`.",
  );
}

export function rabbitmq(): string {
  return paragraphs(
    "By default the server keeps the queues in a SQLite file, and nothing needs to be installed. To send every hop through RabbitMQ:",
    shell("BUS_URL=amqp://guest:guest@localhost:5672 deno task start"),
    list([
      "`RABBITMQ_HOST` and `RABBITMQ_PORT` do the same when `BUS_URL` is not set.",
      "Processes started by hand need the same variable; a `.env` file gives it to all of them.",
      "`BUS_URL=hub`, the default of brokers and agents, goes through the server, whatever the server itself uses.",
      "Redis and PostgreSQL work the same way: `BUS_URL=redis://localhost:6379`, or `REDIS_URL`; `BUS_URL=postgres://…`.",
      "While the bus is away, messages wait, each process says so, and `/readyz` answers 503.",
    ]),
  );
}

export function addresses({ apiUrl, dashboardUrl }: Facts): string {
  return paragraphs(
    table(["What", "Where"], [
      ["Dashboard", dashboardUrl],
      ["HTTP interface", `${apiUrl}/ names its endpoints`],
      ["Agents", `${apiUrl}/api/agents`],
      ["Ask by HTTP", `\`POST ${apiUrl}/api/messages?wait=30\``],
      ["Health", `${apiUrl}/healthz and ${apiUrl}/readyz`],
      ["Figures for Prometheus", `${apiUrl}/metrics`],
      ["Description for programs", `${apiUrl}/openapi.json`],
      ["WebSocket", `${apiUrl.replace(/^http/, "ws")}/ws`],
    ]),
    "For example:",
    shell(
      `curl -s '${apiUrl}/api/messages?wait=30' -H 'content-type: application/json' -d '{"text_payload":"Who is online?"}'`,
    ),
  );
}

export function addressOne(): string {
  return paragraphs(
    "Choose the agent in the dashboard before you write; by WebSocket or HTTP, put its id into `receiver_id`.",
    "Left out, the broker chooses. When that agent is offline, `if_offline` decides: `error` tells you, `wait` keeps the message for it, `reroute` lets the broker choose another.",
  );
}

export function settings(): string {
  return paragraphs(
    "Settings are variables, in the environment or in a file `.env` beside `deno.json`; `.env.example` lists every one with its default. The usual ones:",
    table(["Variable", "Default", "What it sets"], [
      ["`PORT`", "8765", "the server's WebSocket and HTTP"],
      ["`GRPC_PORT`", "50051", "where agents and brokers connect"],
      ["`WEB_PORT`", "8000", "the dashboard"],
      ["`HOST`", "127.0.0.1", "where the server listens"],
      ["`BUS_URL`", "a SQLite file", "the queues"],
      ["`ROUTING_STRATEGY`", "least-loaded", "how an agent is chosen"],
      ["`LOG_LEVEL`", "info", "debug, info, warning or error"],
    ]),
    "A process that cannot use a value says which one and why, and ends with code 2.",
  );
}

export function network(): string {
  return paragraphs(
    "An agent needs one outgoing connection, to the server's gRPC port:",
    shell("deno task start:agent -- --name Ada --server hub.example:50051"),
    "The server listens on this machine only unless told otherwise. `HOST=0.0.0.0` opens it; since nobody has to sign in yet, " +
      "that is refused unless `PARLEY_ALLOW_INSECURE=1` says that the network is trusted. `ALLOWED_ORIGINS` names the pages that may connect then.",
  );
}

export function scale(): string {
  return paragraphs(
    list([
      "**Agents**: start as many as you like, each with its own name. `least-loaded` spreads messages over them.",
      "**Brokers**: `deno task start:broker` again; they share the work and keep no state.",
      "**Throughput**: one agent answers 8 messages at once; a conversation's own are answered one after another.",
    ]),
    "More than one machine is best served by RabbitMQ or Redis as the bus.",
  );
}

export function stop(): string {
  return paragraphs(
    "Ctrl-C, or SIGTERM to the process that `start` is. What is being answered is finished first, 10 s at most; a second Ctrl-C ends at once.",
    steps([
      "One part alone: end its process. Under `deno task start` it is started again; by itself it stays away.",
      "Nothing accepted is lost: messages and conversations are on disk, and an answer that was cut off is asked for again.",
    ]),
  );
}
