/** Commands as people and agents on sockets meet them: over HTTP, and in frames. */
import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import { commandSchema } from "../../shared/model/command.ts";
import { timestamp } from "../../shared/model/message.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { after, SUCCESS, waiting } from "../command/testing/record.ts";
import { outcomeOf } from "../command/outcome.ts";
import { TestPeer } from "../grpc/testing/peer.ts";
import { Client, type Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { askFor, bearer } from "./testing/ask.ts";

const SERVER = serverPrincipal("server_test");

interface Answer {
  status: number;
  body: CommandRecord & { detail: string; code: string; items: CommandRecord[]; next_cursor: string | null };
}

const ask: typeof askFor<Answer["body"]> = askFor;

const command = (frame: Frame) => frame.command as CommandRecord;
const update = (client: Client, status: string) =>
  client.next((frame) => frame.message_type === "COMMAND_UPDATE" && command(frame).status === status);

Deno.test("a command goes to an agent on a socket, is watched while it runs, and its result is read", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  const asked = { arguments: ["df", "-h"], timeout_s: 9, parameters: { a: "b" } };
  const accepted = await ask(hub, "POST /api/agents/agent_1/commands", asked, bearer(ada));
  assert.equal(accepted.status, 202);
  assert.deepEqual(Object.keys(accepted.body), ["command_id", "status"]);
  const { command_id } = accepted.body;
  assert.partialDeepStrictEqual(await agent.type("COMMAND"), {
    command_id,
    type: "shell",
    content: "df -h",
    arguments: ["df", "-h"],
    parameters: { a: "b" },
    timeout_s: 9,
    is_cancellation: false,
  });
  ada.send({ message_type: "SUBSCRIBE_COMMANDS", command_id });
  await update(ada, "running");
  agent.send({ message_type: "COMMAND_REPORT", command_id, started: { description: "df -h" } });
  await ada.next((frame) => frame.message_type === "COMMAND_UPDATE" && command(frame).started_at !== null);
  const output = { sequence: 0, text: "Filesystem", stream: "stderr" };
  agent.send({ message_type: "COMMAND_REPORT", command_id, output });
  assert.partialDeepStrictEqual(await ada.type("COMMAND_OUTPUT"), {
    command_id,
    agent_id: "agent_1",
    ...output,
  });
  assert.equal((await ask(hub, `GET /api/commands/${command_id}`)).body.output, "Filesystem");
  const result = {
    message_type: "COMMAND_RESULT",
    command_id,
    success: true,
    output: "Filesystem /",
    exit_code: 0,
  };
  agent.send({ ...result, execution_time_ms: 12 });
  assert.partialDeepStrictEqual(await agent.type("COMMAND_RESULT_RESPONSE"), {
    command_id,
    status: "success",
  });
  assert.equal(command(await update(ada, "succeeded")).output, "Filesystem /");
  const { body } = await ask(hub, `GET /api/commands/${command_id}`, undefined, bearer(ada));
  assert.partialDeepStrictEqual(commandSchema.parse(body), { status: "succeeded", execution_time_ms: 12 });
  assert.ok(
    ada.frames.every((frame) => !frame.message_type.startsWith("COMMAND") || frame.seq === undefined),
  );
});

Deno.test("whoever asked sees a command, another person does not, and nobody signed in sees all", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  const path = "/api/agents/agent_1/commands";
  const { body: { command_id } } = await ask(hub, `POST ${path}`, { content: "df" }, bearer(ada));
  const { body: { command_id: anybodys } } = await ask(hub, `POST ${path}`, { content: "df" });
  const ids = ({ body: { items } }: Answer) => items.map((each) => each.command_id);
  assert.deepEqual(ids(await ask(hub, `GET ${path}`, undefined, bearer(ada))), [command_id]);
  assert.deepEqual(ids(await ask(hub, `GET ${path}`, undefined, bearer(eve))), []);
  assert.deepEqual(ids(await ask(hub, `GET ${path}`)), [anybodys, command_id]);
  for (const route of ["GET ", "POST /cancel", "POST /approve", "POST /deny"]) {
    const [method, more] = route.split(" ");
    const seen = await ask(hub, `${method} /api/commands/${command_id}${more}`, undefined, bearer(eve));
    assert.deepEqual([seen.status, seen.body.code], [404, "not_found"]);
  }
  const refused = await eve.ask({ message_type: "SUBSCRIBE_COMMANDS", command_id }, "ERROR");
  assert.equal(refused.code, "not_found");
  eve.send({ message_type: "SUBSCRIBE_COMMANDS", agent_id: "agent_1" });
  ada.send({ message_type: "SUBSCRIBE_COMMANDS", agent_id: "agent_1" });
  assert.equal(command(await ada.type("COMMAND_UPDATE")).command_id, command_id);
  await ask(hub, `POST ${path}`, { content: "uptime" }, bearer(eve));
  assert.equal(command(await eve.type("COMMAND_UPDATE")).content, "uptime");
  assert.equal(eve.frames.filter((frame) => frame.message_type === "COMMAND_UPDATE").length, 1);
});

Deno.test("a person approves, denies and cancels over HTTP", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using watcher = await hub.frontend();
  const start = async () => {
    const route = "POST /api/agents/agent_1/commands";
    const { body: { command_id } } = await ask(hub, route, { content: "rm -r data" }, bearer(watcher));
    watcher.send({ message_type: "SUBSCRIBE_COMMANDS", command_id });
    const approval_needed = { digest: "d1", description: "rm -r data", expires_in_s: 60 };
    agent.send({ message_type: "COMMAND_REPORT", command_id, approval_needed });
    assert.equal(command(await update(watcher, "awaiting_approval")).approval?.digest, "d1");
    await agent.next((frame) => frame.command_id === command_id);
    return command_id;
  };
  const approved = await start();
  const wrong = await ask(hub, `POST /api/commands/${approved}/approve`, { digest: "d2" });
  assert.deepEqual([wrong.status, wrong.body.code], [409, "conflict"]);
  const blind = await ask(hub, `POST /api/commands/${approved}/approve`);
  assert.deepEqual([blind.status, blind.body.code], [422, "invalid_message"]);
  assert.match(blind.body.detail, /'digest': send the digest of what you were shown/);
  const right = await ask(hub, `POST /api/commands/${approved}/approve`, { digest: "d1" });
  assert.deepEqual([right.status, right.body.status, right.body.approval], [200, "running", null]);
  assert.partialDeepStrictEqual(await agent.type("COMMAND"), { command_id: approved, approved_digest: "d1" });
  assert.equal((await ask(hub, `POST /api/commands/${approved}/cancel`)).body.status, "running");
  assert.partialDeepStrictEqual(await agent.type("COMMAND"), { command_id: approved, is_cancellation: true });
  agent.send({ message_type: "COMMAND_RESULT", command_id: approved, status: "cancelled" });
  assert.equal(command(await update(watcher, "cancelled")).code, "cancelled");

  const denied = await start();
  const { body } = await ask(hub, `POST /api/commands/${denied}/deny`);
  assert.deepEqual([body.status, body.code, body.error_message], [
    "cancelled",
    "forbidden",
    "It was denied by an operator, and did not run.",
  ]);
  assert.partialDeepStrictEqual(await agent.type("COMMAND"), {
    command_id: denied,
    denied_digest: "d1",
    content: "",
  });
});

Deno.test("what is wrong with a command is told", async (t) => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
  await peer.register({ agentId: "agent_away" });
  const one = "/api/agents/agent_1/commands";
  await ask(hub, `POST ${one}`, { content: "df", command_id: "cmd_taken" });
  const CASES: [route: string, body: object | undefined, status: number, code: string, names: string][] = [
    [`POST ${one}`, {}, 422, "invalid_message", "content"],
    [`POST ${one}`, { content: 7 }, 422, "invalid_message", "content"],
    [`POST ${one}`, { content: "df", arguments: "df" }, 422, "invalid_message", "arguments"],
    [`POST ${one}`, { content: "df", parameters: { a: 1 } }, 422, "invalid_message", "parameters.a"],
    [`POST ${one}`, { content: "df", timeout_s: -1 }, 422, "invalid_message", "timeout_s"],
    [`POST ${one}`, { content: "df", if_offline: "reroute" }, 422, "invalid_message", "if_offline"],
    [`POST ${one}`, { content: "df", type: "" }, 422, "invalid_message", "type"],
    [`POST ${one}`, { content: "x".repeat(500_001) }, 422, "invalid_message", "content"],
    [`POST ${one}`, { type: "shutdown", content: "now" }, 422, "unsupported_type", "shutdown"],
    [`POST ${one}`, { content: "df", command_id: "cmd_taken" }, 409, "conflict", "cmd_taken"],
    ["POST /api/agents/agent_none/commands", { content: "df" }, 404, "not_found", "agent_none"],
    ["POST /api/agents/agent_away/commands", { content: "df" }, 409, "agent_offline", "agent_away"],
    ["GET /api/agents/agent_none/commands", undefined, 404, "not_found", "agent_none"],
    [`GET ${one}?cursor=x`, undefined, 422, "invalid_message", "cursor"],
    ["GET /api/commands/cmd_none", undefined, 404, "not_found", "cmd_none"],
    ["POST /api/commands/cmd_none/cancel", undefined, 404, "not_found", "cmd_none"],
    ["POST /api/commands/cmd_taken/approve", {}, 409, "conflict", "no approval"],
    ["POST /api/commands/cmd_taken/deny", { digest: 5 }, 422, "invalid_message", "digest"],
  ];
  for (const [route, body, status, code, names] of CASES) {
    await t.step(`${route} ${JSON.stringify(body)?.slice(0, 60)} is answered with ${code}`, async () => {
      const answer = await ask(hub, route, body);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.ok(answer.body.detail.includes(names), answer.body.detail);
    });
  }
});

Deno.test("what is wrong with what an agent on a socket says of its commands is told, and the connection stays", async (t) => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using other = await hub.agent({ agent_id: "agent_2" });
  for (const command_id of ["cmd_done", "cmd_runs"]) {
    await ask(hub, "POST /api/agents/agent_1/commands", { content: "df", command_id });
  }
  const done = { message_type: "COMMAND_RESULT", command_id: "cmd_done", success: true };
  await agent.ask(done, "COMMAND_RESULT_RESPONSE");
  const result = { message_type: "COMMAND_RESULT", command_id: "cmd_runs", success: true };
  const report = { message_type: "COMMAND_REPORT", command_id: "cmd_runs" };
  const CASES: [what: string, client: Client, frame: object, code: string, names: string][] = [
    ["a second result", agent, done, "conflict", "cmd_done"],
    ["a result of another agent's command", other, result, "not_found", "cmd_runs"],
    ["a result for no command", agent, { ...result, command_id: "cmd_none" }, "not_found", "cmd_none"],
    ["a result without an id", agent, { ...result, command_id: null }, "invalid_message", "command_id"],
    ["a result that says nothing", agent, { ...result, success: undefined }, "invalid_message", "success"],
    ["an output that is no text", agent, { ...result, output: 5 }, "invalid_message", "output"],
    ["an exit code that is none", agent, { ...result, exit_code: "0" }, "invalid_message", "exit_code"],
    ["a status that is none", agent, { ...result, status: "done" }, "invalid_message", "status"],
    ["a report of nothing", agent, report, "invalid_message", "approval_needed"],
    ["a piece without a number", agent, { ...report, output: { text: "a" } }, "invalid_message", "sequence"],
    [
      "an approval of nothing",
      agent,
      {
        ...report,
        approval_needed: { digest: "", description: "", expires_in_s: 5 },
      },
      "invalid_message",
      "digest",
    ],
  ];
  for (const [what, client, frame, code, names] of CASES) {
    await t.step(what, async () => {
      const error = await client.ask(frame, "ERROR");
      assert.equal(error.code, code);
      assert.ok(error.text_payload.includes(names), error.text_payload);
    });
  }
  assert.equal((await ask(hub, "GET /api/commands/cmd_runs")).body.status, "running");
});

Deno.test("a server that starts again goes on with the commands of the one before", async () => {
  await using store = await openStore("sqlite::memory:");
  const REGISTER = {
    message_type: "REGISTER_AGENT",
    agent_name: "Ada",
    agent_id: "agent_1",
    tells_commands: true,
  };
  {
    await using hub = await Hub.open({ store });
    await using agent = await hub.agent({ agent_id: "agent_1" });
    for (const command_id of ["cmd_kept", "cmd_lost"]) {
      await ask(hub, "POST /api/agents/agent_1/commands", { content: "df", command_id });
      await agent.type("COMMAND");
    }
  }
  await using hub = await Hub.open({ store });
  assert.equal((await ask(hub, "GET /api/commands/cmd_kept")).body.status, "running");
  await using agent = await Client.open(hub.ws);
  await agent.ask({ ...REGISTER, command_ids: ["cmd_kept"] }, "REGISTER_AGENT_RESPONSE");
  const result = { message_type: "COMMAND_RESULT", command_id: "cmd_kept", success: true, output: "done" };
  await agent.ask(result, "COMMAND_RESULT_RESPONSE");
  assert.equal((await ask(hub, "GET /api/commands/cmd_kept")).body.output, "done");
  const lost = await agent.ask(
    { ...result, command_id: "cmd_lost", status: "failed" },
    "COMMAND_RESULT_RESPONSE",
  );
  assert.equal(lost.command_id, "cmd_lost");
});

Deno.test("commands of forgotten agents can be read, and ended ones for 30 days", async () => {
  await using store = await openStore("sqlite::memory:");
  const ended = after(waiting(), { kind: "sent" }, { kind: "result", outcome: outcomeOf(SUCCESS) });
  const daysAgo = (days: number) => ({ created_at: timestamp(Date.now() - days * 24 * 3_600_000) });
  await store.commands.add(SERVER, { ...ended, command_id: "cmd_new", ...daysAgo(29) });
  await store.commands.add(SERVER, { ...ended, command_id: "cmd_old", ...daysAgo(31) });
  await using hub = await Hub.open({ store });
  const { body } = await ask(hub, "GET /api/agents/agent_1/commands");
  assert.deepEqual(body.items.map(({ command_id }) => command_id), ["cmd_new"]);
  assert.equal((await ask(hub, "GET /api/commands/cmd_new")).status, 200);
});

Deno.test("openapi.json and / tell of commands", async () => {
  await using hub = await Hub.open();
  const { paths } = await (await fetch(`${hub.http}/openapi.json`)).json();
  assert.ok(paths["/api/agents/{id}/commands"].post && paths["/api/agents/{id}/commands"].get);
  const { responses } = paths["/api/commands/{id}"].get;
  const { properties } = responses[200].content["application/json"].schema;
  assert.ok(properties.status && properties.truncated_bytes && properties.approval);
  const { endpoints } = await (await fetch(`${hub.http}/`)).json();
  assert.ok(endpoints.includes("POST /api/commands/:id/{cancel,approve,deny}"));
});
