import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { newAgent, readReport, shownElsewhere, toAgentInfo } from "./agent.ts";
import { FakeClock } from "./fake_clock.ts";
import { newPeer } from "./peer.ts";
import { checkRegistration } from "./registration.ts";

const peer = newPeer({
  serverId: "server_1",
  id: "agent_ada",
  key: "k",
  name: "Ada",
  clock: new FakeClock(),
  connectionType: "grpc",
});
const ada = newAgent(
  peer,
  checkRegistration({ agentName: "Ada", connectionType: "grpc", delivery: "queue" }),
);

Deno.test("readReport() cuts a status text that is too long to be shown, and keeps the metric", () => {
  const metrics = { internal_state: "x".repeat(201) };
  const report = readReport(ada, { status: "busy", metrics });
  assert.deepEqual(report.metrics, metrics);
  assert.deepEqual([report.status, report.statusText], ["busy", "x".repeat(200)]);
});

Deno.test("readReport() shows a status text on one line, whatever steers terminals in it", () => {
  const metrics = { internal_state: "busy\n\u001b[2Jwith it" };
  const { statusText } = readReport(ada, { status: "busy", metrics });
  assert.equal(statusText, "busy [2Jwith it");
});

Deno.test("readReport() refuses a heartbeat that says too much, naming the field", () => {
  const long = "x".repeat(7_900_000);
  const cases: [string, string, Record<string, string>][] = [
    ["status", long, {}],
    ["metrics", "active", { [long]: "1" }],
  ];
  for (const [field, status, metrics] of cases) {
    assert.throws(
      () => readReport(ada, { status, metrics }),
      (error) => error instanceof ParleyError && error.message.includes(`'${field}'`),
    );
  }
});

Deno.test("an agent's schemas of tasks are in no update, and stay with what another server tells of it", () => {
  const [type, schema] = [{ task_types: "resize" }, { "task_schema.resize": "{}" }];
  const registered = { agentName: "Ada", connectionType: "grpc", delivery: "queue" } as const;
  const agent = newAgent(peer, checkRegistration({ ...registered, attributes: { ...type, ...schema } }));
  const info = toAgentInfo(agent);
  assert.deepEqual(info.attributes, type);
  assert.equal(shownElsewhere(agent, { ...info, last_seen: "2999-01-01T00:00:00.000Z" }), true);
  assert.deepEqual(agent.attributes, { ...type, ...schema });
});
