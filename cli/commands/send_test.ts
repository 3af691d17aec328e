import assert from "node:assert/strict";
import { TestPeer } from "../../server/grpc/testing/peer.ts";
import { Hub, replyTo } from "../../server/testing/hub.ts";
import { openProxy } from "../../shared/bus/testing/proxy.ts";
import { cli, readBy, start, startOnTerminal } from "../testing/process.ts";

const chunkOf = (asked: Record<string, unknown>, sequence: number, text_payload: string) => ({
  message_type: "REPLY_CHUNK",
  message_id: `msg_re${String(asked.message_id).slice(4)}`,
  in_reply_to_message_id: asked.message_id as string,
  sequence,
  attempt: 1,
  text_payload,
});

Deno.test("send", async (t) => {
  await using hub = await Hub.open();
  const server = hub.http;
  await using _ada = await hub.agent({ agent_name: "Ada" });

  await t.step("shows the answer, and nothing else", async () => {
    assert.deepEqual(await cli(["send", "--to", "ada", "hello"], { server }), {
      code: 0,
      out: "heard: hello\n",
      err: "",
    });
  });
  await t.step("leaves the choice to the broker without --to", async () => {
    assert.equal((await cli(["send", "hello"], { server })).out, "heard: hello\n");
  });
  await t.step("reads standard input without a text, and with -", async () => {
    assert.equal((await cli(["send"], { server, input: "one\ntwo\n" })).out, "heard: one\ntwo\n");
    assert.equal((await cli(["send", "-"], { server, input: "three" })).out, "heard: three\n");
  });
  await t.step("gives each frame about it with --json; the last is the REPLY", async () => {
    const { out } = await cli(["--json", "send", "hello"], { server });
    const frames = out.trim().split("\n").map((line) => JSON.parse(line));
    const { message_type, text_payload } = frames.at(-1);
    assert.deepEqual({ message_type, text_payload }, { message_type: "REPLY", text_payload: "heard: hello" });
    assert.equal(frames[0].routing_status, "pending");
  });
  await t.step("goes on with a conversation", async () => {
    const { out } = await cli(["send", "--json", "hello"], { server });
    const { conversation_id } = JSON.parse(out.split("\n")[0]!);
    const { code, out: answer } = await cli(["send", "--conversation", conversation_id, "again"], { server });
    assert.deepEqual({ code, answer }, { code: 0, answer: "heard: again\n" });
    const response = await fetch(`${server}/api/conversations/${conversation_id}/messages`);
    assert.equal((await response.json()).items[0].text_payload, "heard: again");
  });

  const FAILING: [string, string[], number, RegExp][] = [
    ["nobody has the name", ["send", "--to", "Eve", "hi"], 3, /no agent 'Eve'/],
    ["nobody has the id", ["send", "--to", "agent_eve", "hi"], 3, /agent_eve/],
    ["there is nothing to send", ["send", " "], 2, /nothing to send/],
  ];
  for (const [what, args, exit, says] of FAILING) {
    await t.step(`ends with ${exit} when ${what}`, async () => {
      const { code, out, err } = await cli(args, { server });
      assert.deepEqual({ code, out }, { code: exit, out: "" });
      assert.match(err, says);
    });
  }
});

Deno.test("send takes, of several agents with the name, the one that is online, and says so", async () => {
  await using hub = await Hub.open();
  using peer = new TestPeer(`127.0.0.1:${hub.server.grpcPort}`);
  const { id, sessionKey } = await peer.register({ agentName: "Ada" });
  await peer.unregister(id, sessionKey);
  await using _ada = await hub.agent({ agent_name: "Ada", agent_id: "agent_ada" });
  assert.deepEqual(await cli(["send", "--to", "ada", "hello"], { server: hub.http }), {
    code: 0,
    out: "heard: hello\n",
    err: "Of 2 agents with the name 'ada' this is agent_ada, which is online.\n",
  });
});

Deno.test("send ends with 4 when the agent is offline", async () => {
  await using hub = await Hub.open();
  hub.route = (message) => ({
    ...message,
    message_type: "ERROR",
    message_id: "msg_error_of_the_broker",
    receiver_id: message.sender_id,
    in_reply_to_message_id: message.message_id,
    code: "agent_offline",
    error_details: "Ada is offline.",
    routing_status: "error",
  });
  const { code, err } = await cli(["send", "hi"], { server: hub.http });
  assert.equal(code, 4);
  assert.equal(err, "Ada is offline.\n");
});

Deno.test("send shows pieces as they come, a lost connection in between, and what is left at the end", async () => {
  await using hub = await Hub.open();
  await using proxy = openProxy({ hostname: "127.0.0.1", port: hub.server.httpPort });
  await using ada = await hub.agent({ agent_name: "Ada" }, () => undefined);
  await using running = start(["send", "hi"], { server: `http://127.0.0.1:${proxy.port}` });
  const asked = await ada.type("TEXT");
  ada.send(chunkOf(asked, 0, "one "));
  await running.until(({ out }) => out === "one ");
  await proxy.cut({ refuse: true });
  await running.until(({ err }) => /Trying again/.test(err));
  ada.send(replyTo(asked, "one two three"));
  proxy.mend();
  const { code, out } = await running.ended;
  assert.deepEqual({ code, out }, { code: 0, out: "one two three\n" });
});

Deno.test("send lets no answer steer the terminal, and passes it on as it is to a program", async () => {
  await using hub = await Hub.open();
  const evil = "a\u001b]52;c;eA==\u0007\u001b[2J\u001b[31mb";
  await using _ada = await hub.agent({}, () => evil);
  assert.equal((await cli(["send", "hi"], { server: hub.http })).out, evil + "\n");
  await using running = startOnTerminal(["send", "hi"], { server: hub.http });
  const shown = (await running.ended).out;
  assert.match(shown, /^ab\r\n--conversation conv_\w+ goes on with it\.\r\n$/);
});

Deno.test("Ctrl-C stops the reply and ends with 130", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.agent({}, () => undefined);
  await using running = start(["send", "hi"], { server: hub.http });
  const asked = await ada.type("TEXT");
  ada.send(chunkOf(asked, 0, "one "));
  await running.until(({ out }) => out === "one ");
  running.kill("SIGINT");
  assert.equal((await ada.type("STOP_REPLY")).in_reply_to_message_id, asked.message_id);
  assert.equal((await running.ended).code, 130);
});

Deno.test("send reads what a person types, and Ctrl-C ends that", async () => {
  await using hub = await Hub.open();
  await using _ada = await hub.agent();
  await using typing = startOnTerminal(["send"], { server: hub.http });
  await typing.until(({ out }) => out.includes("Ctrl-D"));
  await typing.type("one\n\u0004");
  await typing.until(({ out }) => out.includes("heard: one"));
  assert.equal((await typing.ended).code, 0);
  await using stopped = startOnTerminal(["send"], { server: hub.http });
  await stopped.until(({ out }) => out.includes("Ctrl-D"));
  await stopped.type("\u0003");
  assert.equal((await stopped.ended).code, 130);
});

Deno.test("send ends with 124 after --timeout, and stops the reply", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.agent({}, () => undefined);
  const { code, err } = await cli(["send", "hi", "--timeout", "5"], { server: hub.http });
  assert.equal(code, 124);
  assert.match(err, /no answer within 5 s/);
  await ada.type("STOP_REPLY");
});

Deno.test("send asks as the session whose token it shows, and streams into its conversation", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.agent({}, () => undefined);
  await using bob = await hub.frontend();
  bob.send({ message_type: "TEXT", message_id: "msg_of_bob", text_payload: "mine" });
  const { conversation_id } = await bob.status("msg_of_bob", "delivered");
  const token = bob.registration.session_token as string;
  await ada.type("TEXT");
  const args = ["send", "more", "--token", token, "--conversation", String(conversation_id)];
  await using running = start(args, { server: hub.http });
  const asked = await ada.type("TEXT");
  assert.equal(asked.sender_id, bob.registration.frontend_id);
  ada.send(chunkOf(asked, 0, "one "));
  await running.until(({ out }) => out === "one ");
  ada.send(replyTo(asked, "one two"));
  assert.deepEqual(await running.ended, { code: 0, out: "one two\n", err: "" });
});

Deno.test("send ends quietly when whoever reads it has gone", async () => {
  await using hub = await Hub.open();
  await using _ada = await hub.agent({}, () => "x".repeat(300_000));
  const { code, err } = await readBy("head -c 1 >/dev/null", ["send", "hi"], { server: hub.http });
  assert.deepEqual({ code, err }, { code: 141, err: "" });
});

Deno.test("send stops an answer that nobody reads any more", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.agent({}, () => undefined);
  const reading = readBy("head -c 1", ["send", "hi"], { server: hub.http });
  const asked = await ada.type("TEXT");
  ada.send(chunkOf(asked, 0, "x".repeat(300_000)));
  assert.equal((await ada.type("STOP_REPLY")).in_reply_to_message_id, asked.message_id);
  assert.deepEqual(await reading, { code: 141, out: "x", err: "" });
});
