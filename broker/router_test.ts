import assert from "node:assert/strict";
import fc from "../shared/testing/property.ts";
import { encodeMessage, parseMessage, toMessage } from "../shared/model/codec.ts";
import {
  CHAT_TYPES,
  CONTROL_TYPES,
  IF_OFFLINE,
  MAX_HOPS,
  type Message,
  TASK_TYPES,
} from "../shared/model/message.ts";
import { type Decision, route, type RoutingOptions } from "./router.ts";
import { createStrategy } from "./strategy.ts";
import { absent, agent, rosterOf } from "./testing/agents.ts";

const ada = agent("agent_ada", { load_factor: 0.5 });
const bob = agent("agent_bob");
const gone = absent("agent_gone");
const everyone = rosterOf(ada, bob, gone);
const nobody = rosterOf(gone);

function optionsWith(changes: Partial<RoutingOptions> = {}): RoutingOptions {
  return { brokerId: "broker_1", choose: createStrategy("least-loaded"), ifOffline: "error", ...changes };
}

function text(changes: Partial<Message> = {}): Message {
  return {
    message_id: "msg_1",
    message_type: "TEXT",
    sender_id: "web_1",
    conversation_id: "conv_1",
    text_payload: "Hello",
    ...changes,
  };
}

function sent(decision: Decision): Message {
  assert.equal(decision.kind, "send");
  return (decision as { message: Message }).message;
}

Deno.test("route() picks the least loaded agent when none is named", () => {
  const message = sent(route(text(), everyone, optionsWith()));
  assert.equal(message.receiver_id, "agent_bob");
  assert.equal(message.routing_status, "routed");
  assert.equal(message.text_payload, "Hello");
});

Deno.test("route() never picks the sender", () => {
  const message = sent(route(text({ sender_id: "agent_bob" }), everyone, optionsWith()));
  assert.equal(message.receiver_id, "agent_ada");
  const alone = sent(route(text({ sender_id: "agent_bob" }), rosterOf(bob), optionsWith()));
  assert.equal(alone.message_type, "ERROR");
});

Deno.test("route() picks an agent when a person goes on from a message of their own", () => {
  const followUp = text({ in_reply_to_message_id: "msg_0", _client_id: "web_1", _server_id: "server_1" });
  const message = sent(route(followUp, everyone, optionsWith()));
  assert.equal(message.receiver_id, "agent_bob");
  assert.equal(message.in_reply_to_message_id, "msg_0");
});

Deno.test("route() picks a paused agent only when there is no other", () => {
  const paused = agent("agent_paused", { status: "paused" });
  assert.equal(sent(route(text(), rosterOf(paused, ada), optionsWith())).receiver_id, "agent_ada");
  assert.equal(sent(route(text(), rosterOf(paused), optionsWith())).receiver_id, "agent_paused");
});

Deno.test("route() picks one that answers only when named if it is named, or nobody else is there", () => {
  const shy = agent("agent_shy", { capabilities: ["chat", "only-when-named"] });
  const busy = agent("agent_ada", { load_factor: 2 });
  assert.equal(sent(route(text(), rosterOf(shy, busy), optionsWith())).receiver_id, "agent_ada");
  assert.equal(sent(route(text(), rosterOf(shy), optionsWith())).receiver_id, "agent_shy");
  const named = text({ receiver_id: "agent_shy" });
  assert.equal(sent(route(named, rosterOf(shy, busy), optionsWith())).receiver_id, "agent_shy");
});

Deno.test("route() sends on to the named agent when it is online, paused or not", () => {
  const paused = agent("agent_paused", { status: "paused" });
  for (const receiver of [ada, paused]) {
    const decision = route(
      text({ receiver_id: receiver.agent_id }),
      rosterOf(bob, ada, paused),
      optionsWith(),
    );
    const message = sent(decision);
    assert.equal(message.receiver_id, receiver.agent_id);
    assert.equal(message.routing_status, "routed");
  }
});

Deno.test("route() reads receiver_id and if_offline from the content when the top has none", () => {
  const named = text({ content: { receiver_id: "agent_ada" } });
  assert.equal(sent(route(named, everyone, optionsWith())).receiver_id, "agent_ada");
  const waiting = text({ content: { receiver_id: "agent_gone", if_offline: "wait" } });
  assert.equal(sent(route(waiting, everyone, optionsWith())).if_offline, "wait");
});

Deno.test("route() passes on unchanged what the server alone can place", () => {
  const cases: [string, Partial<Message>][] = [
    ["a receiver that is no agent", { receiver_id: "web_2" }],
    ["a receiver that nobody knows", { receiver_id: "agent_unheard_of" }],
    ["an answer without a receiver", { message_type: "REPLY", in_reply_to_message_id: "msg_0" }],
    ["an answer to what a server stamped", {
      message_type: "REPLY",
      in_reply_to_message_id: "msg_0",
      _server_id: "server_1",
    }],
    ["a notice without a receiver", { message_type: "SYSTEM", in_reply_to_message_id: "msg_0" }],
    ["a follow-up that no server has looked up", { in_reply_to_message_id: "msg_0" }],
    ["an answer for a person after the last hop", { message_type: "REPLY", receiver_id: "web_2", hops: 16 }],
    ["an error", { message_type: "ERROR" }],
    ["an error for an agent that is gone", { message_type: "ERROR", receiver_id: "agent_gone" }],
    ...TASK_TYPES.map((type): [string, Partial<Message>] => [type, { message_type: type, hops: 99 }]),
  ];
  for (const [name, changes] of cases) {
    assert.deepEqual(route(text(changes), everyone, optionsWith()), { kind: "pass" }, name);
  }
});

Deno.test("route() does with a message for an absent agent what the message says, and else what the broker is told", () => {
  const cases = [
    { message: undefined, broker: "error", expected: "agent_offline" },
    { message: undefined, broker: "wait", expected: "agent_gone" },
    { message: undefined, broker: "reroute", expected: "agent_bob" },
    { message: "error", broker: "reroute", expected: "agent_offline" },
    { message: "wait", broker: "error", expected: "agent_gone" },
    { message: "reroute", broker: "error", expected: "agent_bob" },
  ] as const;
  for (const { message, broker, expected } of cases) {
    const question = text({ receiver_id: "agent_gone", if_offline: message });
    const outcome = sent(route(question, everyone, optionsWith({ ifOffline: broker })));
    assert.equal(outcome.code ?? outcome.receiver_id, expected, `${message} ${broker}`);
  }
});

Deno.test("route() tells the server to keep a message that waits", () => {
  const message = sent(
    route(text({ receiver_id: "agent_gone" }), everyone, optionsWith({ ifOffline: "wait" })),
  );
  assert.equal(message.if_offline, "wait");
  assert.equal(message.routing_status, "routed");
});

Deno.test("route() answers with an ERROR when there is nobody to choose", () => {
  const question = text({
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    _client_id: "web_1",
    _server_id: "server_1",
  });
  const { message_id, send_timestamp, error_details, ...error } = sent(
    route(question, nobody, optionsWith()),
  );
  assert.match(message_id ?? "", /^msg_[0-9a-z]{8,}$/);
  assert.notEqual(message_id, "msg_1");
  assert.match(send_timestamp ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(error_details ?? "", /No agent is online/);
  assert.deepEqual(error, {
    message_type: "ERROR",
    sender_id: "broker_1",
    receiver_id: "web_1",
    in_reply_to_message_id: "msg_1",
    conversation_id: "conv_1",
    text_payload: "Hello",
    routing_status: "error",
    routing_status_message: error_details,
    code: "no_agent_available",
    traceparent: question.traceparent,
    _client_id: "web_1",
    _server_id: "server_1",
  });
});

Deno.test("route() says which agent is offline", () => {
  const named = rosterOf({ ...gone, agent_name: "Grace" });
  const error = sent(route(text({ receiver_id: "agent_gone" }), named, optionsWith()));
  assert.match(error.error_details ?? "", /Grace \(agent_gone\) is offline/);
});

Deno.test("route() gives the same error the same id when a message comes twice, and a replay another", () => {
  const idOf = (message: Message) => sent(route(message, nobody, optionsWith())).message_id;
  assert.equal(idOf(text()), idOf(text()));
  assert.notEqual(idOf(text()), idOf(text({ _replay: 1 })));
});

Deno.test("route() ends a message that has gone through 16 agents", () => {
  for (const changes of [{}, { receiver_id: "agent_ada" }, { in_reply_to_message_id: "msg_0" }]) {
    const error = sent(route(text({ hops: 16, ...changes }), everyone, optionsWith()));
    assert.equal(error.message_type, "ERROR");
    assert.match(error.error_details ?? "", /16/);
  }
});

Deno.test("route() gives up to the dead letters what does not belong in a queue", () => {
  const types = ["NONSENSE", "PING", "REGISTER_AGENT", "PAUSE_AGENT", "REPLY_CHUNK"];
  for (const type of types) {
    const decision = route(text({ message_type: type }), everyone, optionsWith());
    assert.equal(decision.kind, "reject");
    assert.equal((decision as { code: string }).code, "unsupported_type");
    assert.match((decision as { reason: string }).reason, new RegExp(type));
  }
});

Deno.test("route() gives up a message that fails and has no sender to be told", () => {
  const decision = route(text({ sender_id: undefined }), nobody, optionsWith());
  assert.equal(decision.kind, "reject");
  const client = sent(route(text({ sender_id: undefined, _client_id: "web_9" }), nobody, optionsWith()));
  assert.equal(client.receiver_id, "web_9");
});

const ids = fc.constantFrom("agent_ada", "agent_bob", "agent_gone", "agent_unheard_of", "web_1", "");
const TYPES = [...CHAT_TYPES, ...CONTROL_TYPES, ...TASK_TYPES, "PING", "REGISTER_AGENT"];
const messages = fc.record({
  message_type: fc.oneof(fc.constantFrom(...TYPES), fc.string({ minLength: 1 })),
  message_id: fc.option(fc.string(), { nil: undefined }),
  sender_id: fc.option(ids, { nil: undefined }),
  receiver_id: fc.option(ids),
  in_reply_to_message_id: fc.option(fc.constantFrom("msg_0", ""), { nil: undefined }),
  if_offline: fc.option(fc.constantFrom(...IF_OFFLINE), { nil: undefined }),
  hops: fc.option(fc.nat(40), { nil: undefined }),
  text_payload: fc.option(fc.string({ unit: "binary" })),
  content: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
}).map((fields) => toMessage(fields));
const rosters = fc.subarray([ada, bob, gone]).map((agents) => rosterOf(...agents));
const policies = fc.constantFrom(...IF_OFFLINE);

Deno.test("route() lets every message end where a person can see it", () => {
  fc.assert(fc.property(messages, rosters, policies, (message, roster, ifOffline) => {
    const decision = route(message, roster, optionsWith({ ifOffline }));
    if (decision.kind === "pass") return;
    if (decision.kind === "reject") return assert.ok(decision.reason.length > 0);
    const out = decision.message;
    if (out.message_type === "ERROR") {
      assert.equal(out.receiver_id, message.sender_id);
      assert.equal(out.text_payload, message.text_payload ?? "");
      assert.ok(out.error_details);
    } else {
      const receiver = roster.find(out.receiver_id ?? "");
      assert.ok(receiver && (receiver.is_online || out.if_offline === "wait"));
      assert.ok((message.hops ?? 0) < MAX_HOPS);
    }
  }));
});

Deno.test("route() never chooses the sender, whoever is there", () => {
  fc.assert(fc.property(messages, rosters, policies, (message, roster, ifOffline) => {
    const decision = route({ ...message, receiver_id: null }, roster, optionsWith({ ifOffline }));
    if (decision.kind !== "send" || decision.message.message_type === "ERROR") return;
    if (typeof message.content?.receiver_id === "string") return;
    assert.notEqual(decision.message.receiver_id, message.sender_id);
  }));
});

Deno.test("route() lets fields it does not know through untouched", () => {
  const unknown = fc.dictionary(fc.string().map((name) => `x_${name}`), fc.jsonValue());
  fc.assert(fc.property(unknown, (fields) => {
    const body = JSON.stringify({ ...text(), ...fields });
    const out = JSON.parse(encodeMessage(sent(route(parseMessage(body), everyone, optionsWith()))));
    for (const [name, value] of Object.entries(JSON.parse(body))) {
      assert.deepEqual(out[name], value);
    }
  }));
});
