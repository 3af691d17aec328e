/** Holds `compose.yaml` against the tasks and the variables that there are; no container engine runs where we test. */
import assert from "node:assert/strict";
import { parseAgentConfig, parseCommandLine } from "../../agent/config.ts";
import { parseBrokerConfig } from "../../broker/config.ts";
import config from "../../deno.json" with { type: "json" };
import { parseServerConfig } from "../../server/config.ts";
import { parseWebConfig } from "../../web/config.ts";

const text = await Deno.readTextFile(new URL("../../compose.yaml", import.meta.url));

/** Gives the lines below `heading`, which stands alone on its line, as far as they are indented deeper. */
function below(lines: string, heading: string): string {
  const [, indent, block] = new RegExp(`^( *)${heading}:.*\\n((?:\\1 +.*\\n|\\n)*)`, "m").exec(lines) ?? [];
  assert.ok(indent !== undefined && block !== undefined, `compose.yaml has no ${heading}`);
  return block;
}

function variablesOf(block: string): Record<string, string> {
  const pairs = [...block.matchAll(/^ +([A-Z_]+): "?([^"\n]+)"?$/gm)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, value!]));
}

const services = below(text, "services");
const common = variablesOf(below(text, "x-parley"));
const commandOf = (service: string) => /^ +command: (.+)$/m.exec(below(services, service))?.[1] ?? "";
const environmentOf = (service: string) => ({ ...common, ...variablesOf(below(services, service)) });

function agentConfig(env: Record<string, string>, args: string[]): void {
  const line = parseCommandLine(args, config.version);
  assert.equal(line.kind, "run");
  if (line.kind === "run") parseAgentConfig(line.options, env);
}

const PARSERS: Record<string, (env: Record<string, string>, args: string[]) => unknown> = {
  server: parseServerConfig,
  broker: parseBrokerConfig,
  guide: agentConfig,
  echo: agentConfig,
  web: parseWebConfig,
};

for (const [service, parse] of Object.entries(PARSERS)) {
  Deno.test(`compose.yaml runs ${service} by a task that there is, with variables and flags that it takes`, () => {
    const [task, ...args] = commandOf(service).split(" ");
    assert.ok(task! in config.tasks, `there is no task '${task}'`);
    parse(environmentOf(service), args);
  });
}

Deno.test("compose.yaml gives RabbitMQ quorum queues by default, and every process its address", () => {
  assert.match(text, /^configs:\n +rabbitmq:\n +content: \|\n +default_queue_type = quorum$/m);
  assert.match(below(services, "rabbitmq"), /source: rabbitmq\n +target: \/etc\/rabbitmq\/conf\.d\//);
  const [, user, password] = /^amqp:\/\/(\w+):(\w+)@rabbitmq:5672$/.exec(common.BUS_URL!)!;
  const rabbit = variablesOf(below(services, "rabbitmq"));
  assert.deepEqual([rabbit.RABBITMQ_DEFAULT_USER, rabbit.RABBITMQ_DEFAULT_PASS], [user, password]);
});

Deno.test("compose.yaml has the server remember in its PostgreSQL, which keeps its data, once that can be reached", () => {
  const postgres = below(services, "postgres");
  const [, user, password, name] = /^postgres:\/\/(\w+):(\w+)@postgres:5432\/(\w+)$/.exec(
    environmentOf("server").DATABASE_URL!,
  )!;
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = variablesOf(postgres);
  assert.deepEqual([POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB], [user, password, name]);
  assert.match(postgres, /- postgres:\/var\/lib\/postgresql\/data\n/);
  const needs = below(below(services, "server"), "depends_on");
  for (const service of ["rabbitmq", "postgres"]) {
    assert.match(below(needs, service), /condition: service_healthy/);
    assert.match(below(services, service), /healthcheck:/);
  }
});

Deno.test("compose.yaml publishes ports on this machine alone", () => {
  const ports = [...text.matchAll(/^ +- (\S+:\d+)$/gm)].map(([, port]) => port!);
  assert.ok(ports.length >= 3);
  assert.deepEqual(ports.filter((port) => !port.startsWith("127.0.0.1:")), []);
});

Deno.test("compose.yaml gives every process of ours somebody who reaps what its commands leave behind", () => {
  assert.match(text, /^x-parley: &parley\n(?: +.*\n)*? +init: true$/m);
});
