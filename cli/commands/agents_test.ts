import assert from "node:assert/strict";
import { Client } from "../../server/testing/client.ts";
import { Hub } from "../../server/testing/hub.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { cli, startOnTerminal } from "../testing/process.ts";

Deno.test("agents and brokers", async (t) => {
  await using hub = await Hub.open();
  const server = hub.http;
  await using ada = await hub.agent({ agent_name: "Ada", capabilities: ["chat"] });
  const id = ada.registration.agent_id;
  await using _bob = await hub.agent({ agent_name: "Bob", capabilities: ["echo"] });
  await using broker = await Client.open(hub.ws);
  const frame = { message_type: "REGISTER_BROKER", broker_name: "Bo" };
  const { broker_id } = await broker.ask(frame, "REGISTER_BROKER_RESPONSE");

  await t.step("agents gives a program one JSON document, as over HTTP", async () => {
    const { code, out } = await cli(["agents"], { server });
    assert.equal(code, 0);
    const { items, next_cursor } = JSON.parse(out);
    assert.equal(items.length, 2);
    assert.equal(next_cursor, null);
    assert.equal(items[0].agent_id, id);
  });
  await t.step("agents shows those who are online, or can do something", async () => {
    const names = async (...args: string[]) =>
      JSON.parse((await cli(["agents", ...args], { server })).out).items.map((
        { agent_name }: { agent_name: string },
      ) => agent_name);
    assert.deepEqual(await names("--online", "--capability", "chat"), ["Ada"]);
    assert.deepEqual(await names("--capability", "nothing"), []);
  });
  await t.step("agents gives a person a table", async () => {
    await using running = startOnTerminal(["agents"], { server });
    const { code, out } = await running.ended;
    assert.equal(code, 0);
    assert.match(out, /NAME.*ID.*STATUS/);
    assert.match(out, /Ada .*idle.*chat .*now/);
    assert.ok(out.includes("\u001b[32midle"), "statuses have colours");
  });
  await t.step("agents has no colours with NO_COLOR or --no-color, and JSON with --json", async () => {
    for (const [args, env] of [[["--no-color"], {}], [[], { NO_COLOR: "1" }]] as const) {
      await using running = startOnTerminal(["agents", ...args], { server, env });
      assert.ok(!(await running.ended).out.includes("\u001b"));
    }
    await using running = startOnTerminal(["agents", "--json"], { server });
    assert.equal(JSON.parse((await running.ended).out).items[0].agent_name, "Ada");
  });
  await t.step("brokers lists brokers", async () => {
    const { out } = await cli(["brokers"], { server });
    assert.equal(JSON.parse(out).items[0].broker_id, broker_id);
    await using running = startOnTerminal(["brokers"], { server });
    assert.match((await running.ended).out, /NAME[\s\S]*Bo.*online/);
  });
});

Deno.test("agents trusts no server with the terminal", async () => {
  const evil = {
    agent_id: "agent_evil",
    agent_name: "Ev\u001b[31mil\u202e",
    is_online: true,
    last_seen: "",
    status: "\u001b]0;mine\u0007",
    capabilities: [],
  };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ items: [evil], next_cursor: null }),
  );
  await using running = startOnTerminal(["agents"], { server: `http://127.0.0.1:${server.addr.port}` });
  const { out } = await running.ended;
  assert.match(out, /Ev␛\[31mil� .*␛\]0;mine␇/);
  assert.ok(!out.includes("\u001b[31m") && !out.includes("\u202e") && !out.includes("\u0007"));
});

Deno.test("agents ends with 4 and one sentence where no server answers, or something else does", async () => {
  const port = freePort();
  const { code, out, err } = await cli(["--server", `127.0.0.1:${port}`, "agents"]);
  assert.deepEqual({ code, out }, { code: 4, out: "" });
  assert.equal(err.trim().split("\n").length, 1);
  assert.match(err, new RegExp(`No server answers at http://127.0.0.1:${port}\\. Start one with`));
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
  );
  const wrong = await cli(["agents"], { server: `http://127.0.0.1:${other.addr.port}` });
  assert.equal(wrong.code, 4);
  assert.match(wrong.err, /no Parley server/);
});

Deno.test("a command line that is not understood ends with 2, help with 0", async () => {
  const wrong = await cli(["dance"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /unknown command 'dance'.*Try --help\./s);
  const env = await cli(["agents"], { env: { PARLEY_API_URL: "hub" } });
  assert.equal(env.code, 2);
  assert.match(env.err, /PARLEY_API_URL/);
  const help = await cli(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /Exit codes:/);
});

Deno.test("a token that the server does not know ends with 5", async () => {
  await using hub = await Hub.open();
  const { code, err } = await cli(["agents"], { server: hub.http, env: { PARLEY_TOKEN: "made-up" } });
  assert.equal(code, 5);
  assert.match(err, /token is not valid/);
});
