import { strict as assert } from "node:assert";
import { ConfigError } from "../shared/config.ts";
import { type CommandOptions, parseAgentConfig, parseCommandLine } from "./config.ts";

function parsed(args: string[], env: Record<string, string> = {}) {
  const line = parseCommandLine(args, "1.2.3");
  if (line.kind === "show") throw new Error(line.text);
  return parseAgentConfig(line.options, env);
}

Deno.test("an agent told nothing is a guide that reaches its server by the hub on this machine", () => {
  const { kind, name, id, server, busUrl, apiUrl, dashboardUrl } = parsed([]);
  assert.deepEqual([kind, name, id], ["guide", "Guide", undefined]);
  assert.deepEqual([server, busUrl], ["localhost:50051", "hub"]);
  assert.deepEqual([apiUrl, dashboardUrl], ["http://localhost:8765", "http://localhost:8000"]);
});

Deno.test("the command line may begin with the -- that deno task passes on", () => {
  const { name, kind, capabilities } = parsed([
    "--",
    "--name",
    "Ada",
    "--kind",
    "echo",
    "--capability",
    "a",
    "--capability",
    "b,c",
  ]);
  assert.deepEqual([name, kind, capabilities], ["Ada", "echo", ["a", "b", "c"]]);
});

const WHERE: [env: Record<string, string>, apiUrl: string][] = [
  [{ PARLEY_API_URL: "https://hub.example/parley/" }, "https://hub.example/parley"],
  [{ WEBSOCKET_URL: "wss://hub.example:9000/ws" }, "https://hub.example:9000"],
  [{ WEBSOCKET_HOST: "hub", WEBSOCKET_PORT: "9001", PORT: "1" }, "http://hub:9001"],
  [{ PORT: "9002" }, "http://localhost:9002"],
];

for (const [env, apiUrl] of WHERE) {
  Deno.test(`the HTTP interface is at ${apiUrl} by ${Object.keys(env).join(", ")}`, () => {
    assert.equal(parsed([], env).apiUrl, apiUrl);
  });
}

Deno.test("the bus is the hub when BUS_URL names the server's own file, and RabbitMQ when it names one", () => {
  assert.equal(parsed([], { BUS_URL: "sqlite:data/queues.db" }).busUrl, "hub");
  assert.equal(parsed([], { RABBITMQ_HOST: "rabbit" }).busUrl, "amqp://guest:guest@rabbit:5672");
});

const FAULTS: [args: string[], says: RegExp][] = [
  [
    ["--kind", "poet"],
    /--kind: given was "poet"\. Allowed is one of: guide, echo, mistral, openai, command\./,
  ],
  [["--name", " "], /--name: given was nothing/],
  [["--id", "web_1"], /--id: given was "web_1"/],
  [["--server", "localhost"], /--server: given was "localhost"\. Allowed is HOST:PORT/],
  [["--nmae", "Ada"], /unknown option '--nmae'/],
  [["Ada"], /too many arguments/],
];

for (const [args, says] of FAULTS) {
  Deno.test(`the command line ${args.join(" ")} is refused in a sentence`, () => {
    assert.throws(() => parsed(args), (error) => error instanceof ConfigError && says.test(error.message));
  });
}

Deno.test("faults of several variables are told together", () => {
  const options: CommandOptions = { kind: "guide" };
  const env = { GRPC_PORT: "99999", AGENT_MAX_CONCURRENT: "none" };
  assert.throws(() => parseAgentConfig(options, env), /GRPC_PORT: .*\n.*AGENT_MAX_CONCURRENT: /);
});

Deno.test("--help and --version are texts to show", () => {
  const help = parseCommandLine(["--help"], "1.2.3");
  assert.ok(help.kind === "show" && /Kinds:\n {2}guide/.test(help.text));
  assert.deepEqual(parseCommandLine(["--version"], "1.2.3"), { kind: "show", text: "1.2.3\n" });
});
