/** Answers on what people do with agents besides talking: commands, tasks, pausing, their history, and messages given up. */
import type { Facts } from "./facts.ts";
import { list, paragraphs, shell } from "./markdown.ts";

export function commands(): string {
  return paragraphs(
    "An agent runs what its owner allows where it is started, and by default nothing:",
    shell("deno task start:agent -- --kind command --name Worker --allow-command 'df -h **'"),
    "Then, in another terminal:",
    shell("deno task cli -- command Worker -- df -h /"),
    list([
      "What the program prints is shown as it comes, Ctrl-C cancels it with all it started, and its exit code is passed on.",
      "A policy file (`--command-policy FILE`) allows shell lines and scripts too, and says what a person must approve: `deno task cli -- approve ID`.",
      "`deno task cli -- commands` lists what was asked for and what became of it; `--wait` keeps a command for an agent that is away.",
      "The README has the whole of it under *What an agent may run*; `examples/05_commands.ts` has functions of an agent's own.",
    ]),
  );
}

export function tasks(): string {
  return paragraphs(
    "A task is work for whichever agent can do it; it is kept until it is done, whoever dies meanwhile. An agent says what it takes:",
    [
      "```ts",
      'import { Agent } from "./agent/mod.ts";',
      "",
      'const agent = new Agent({ name: "Resizer", capabilities: ["images"] });',
      'agent.onTask("resize", async (task) => {',
      '  task.progress(0.5, "half of it");',
      "  return { width: task.parameters.width };",
      "});",
      "await agent.run();",
      "```",
    ].join("\n"),
    "Then ask for one:",
    shell("deno task -q cli -- task submit resize --param width=40 --need images --wait"),
    list([
      "Nobody can do it now? It waits, and `task show ID` says why.",
      "`task list`, `task watch`, `task cancel ID` and `task retry ID` do the rest; so do HTTP, WebSocket and gRPC.",
      "An agent that is lost loses its task to another; what fails is tried again, with growing pauses.",
      "`deno task demo` shows it all in ten seconds; `docs/coordination.md` has supervisors and workers.",
    ]),
  );
}

export function commandLine({ apiUrl }: Facts): string {
  return paragraphs(
    "In Parley's folder:",
    shell(
      "deno task cli -- agents",
      "deno task cli -- agents watch",
      'deno task cli -- send --to Guide "Who is online?"',
      "deno task cli -- --help",
    ),
    `It finds the server by \`--server ${apiUrl}\`, \`PARLEY_API_URL\` or \`WEBSOCKET_URL\`. Lists are tables on a terminal and JSON in a pipe, and exit codes are for scripts.`,
  );
}

export function control(): string {
  return paragraphs(
    shell(
      "deno task cli -- pause Echo",
      "deno task cli -- resume Echo",
      "deno task cli -- deregister Echo",
      "deno task cli -- reregister Echo",
    ),
    list([
      "A paused agent gets no new messages; they wait, and it works them off in order once it is resumed.",
      "One that is deregistered is refused, also after a restart, until it is reregistered.",
      "`--all` does it to every agent. By HTTP: `POST /api/agents/ID/pause`, and so on.",
    ]),
  );
}

export function presence(): string {
  return paragraphs(
    "Every change of an agent is kept, with its time and reason:",
    shell("deno task cli -- history Echo --from 7d"),
    "That also says for how much of the time it was online. By HTTP: `GET /api/agents/ID/history`.",
  );
}

export function deadLetters(): string {
  return paragraphs(
    "What cannot be delivered becomes a dead letter, and whoever sent it is told:",
    shell(
      "deno task cli -- dead-letters",
      "deno task cli -- dead-letters replay ID",
    ),
    "`replay` brings it back to where it was. `deno task cli -- queues` says how many messages wait where, and `queues reset` puts all of them among the dead letters.",
  );
}
