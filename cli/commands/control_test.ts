import assert from "node:assert/strict";
import { Hub } from "../../server/testing/hub.ts";
import { cli, startOnTerminal } from "../testing/process.ts";

Deno.test("control, history, queues and dead letters", async (t) => {
  await using hub = await Hub.open();
  const server = hub.http;
  await using ada = await hub.agent({ agent_name: "Ada" });
  const id = ada.registration.agent_id;
  const statusOf = async (agentId: string) =>
    (await (await fetch(`${server}/api/agents/${agentId}`)).json()).status;

  await t.step("pause and resume one agent by its name", async () => {
    const { code, out } = await cli(["pause", "ADA"], { server });
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).agent_id, id);
    assert.equal(await statusOf(id), "paused");
    await using running = startOnTerminal(["resume", "Ada"], { server });
    const said = await running.ended;
    assert.equal(said.code, 0);
    assert.match(said.out, /\w.*\r\n$/);
    assert.equal(await statusOf(id), "idle");
  });
  await t.step("--all is for all agents; neither a name nor --all, or both, is wrong", async () => {
    assert.equal((await cli(["pause", "--all"], { server })).code, 0);
    assert.equal(await statusOf(id), "paused");
    assert.equal((await cli(["resume", "--all"], { server })).code, 0);
    assert.equal((await cli(["pause"], { server })).code, 2);
    assert.equal((await cli(["pause", "Ada", "--all"], { server })).code, 2);
  });
  await t.step("deregister --all asks on a terminal, and anything but yes is no", async () => {
    await using running = startOnTerminal(["deregister", "--all"], { server });
    await running.until(({ out }) => out.includes("Take off all agents? [y/N]"));
    await running.type("\n");
    assert.equal((await running.ended).code, 1);
    assert.equal(await statusOf(id), "idle");
  });
  await t.step("an agent that nobody knows ends with 3", async () => {
    assert.equal((await cli(["pause", "Eve"], { server })).code, 3);
    assert.equal((await cli(["pause", "agent_eve"], { server })).code, 3);
    assert.equal((await cli(["history", "agent_eve"], { server })).code, 3);
  });
  await t.step("history tells changes and availability", async () => {
    const { items, availability } = JSON.parse((await cli(["history", "Ada"], { server })).out);
    assert.match(items.at(-1).reason, /registered/);
    assert.equal(availability.ratio, 1);
    assert.equal(JSON.parse((await cli(["history", "Ada", "--limit", "1"], { server })).out).items.length, 1);
    assert.deepEqual(JSON.parse((await cli(["history", "Ada", "--to", "1h"], { server })).out).items, []);
    await using running = startOnTerminal(["history", "Ada", "--no-color"], { server });
    const { out } = await running.ended;
    assert.match(out, /paused +paused by/);
    assert.match(out, /Online 100 % of the time/);
    assert.equal((await cli(["history", "Ada", "--from", "soon"], { server })).code, 2);
  });
  await t.step("queues lists them, and reset wants to be meant", async () => {
    const { items } = JSON.parse((await cli(["queues"], { server })).out);
    assert.ok(items.length > 0);
    await using running = startOnTerminal(["queues", "--no-color"], { server });
    assert.match((await running.ended).out, /broker_input_queue/);
    const refused = await cli(["queues", "reset"], { server });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /--yes/);
  });
  await t.step("what a reset puts aside is listed, brought back, and removed", async () => {
    await cli(["pause", "Ada"], { server });
    await using frontend = await hub.frontend();
    for (const name of ["one", "two"]) {
      const message_id = `msg_number_${name}`;
      frontend.send({ message_type: "TEXT", message_id, text_payload: name, receiver_id: id });
      await frontend.status(message_id, "routed");
    }
    const reset = await cli(["queues", "reset", "--yes"], { server });
    assert.equal(reset.code, 0);
    assert.equal(JSON.parse(reset.out).messages, 2);
    await using table = startOnTerminal(["dead-letters", "--no-color"], { server });
    assert.match((await table.ended).out, /ID +QUEUE[\s\S]*(one|two)/);
    const { items } = JSON.parse((await cli(["dead-letters"], { server })).out);
    assert.equal(items.length, 2);
    assert.equal((await cli(["dead-letters", "replay", items[0].id], { server })).code, 0);
    assert.equal((await cli(["dead-letters", "delete", items[1].id], { server })).code, 0);
    assert.equal((await cli(["dead-letters", "delete", items[1].id], { server })).code, 3);
    assert.deepEqual(JSON.parse((await cli(["dead-letters"], { server })).out).items, []);
    await cli(["resume", "Ada"], { server });
    await ada.next(({ message_type }) => message_type === "TEXT");
  });
  await t.step("deregister and reregister", async () => {
    assert.equal((await cli(["deregister", "Ada"], { server })).code, 0);
    assert.equal(await statusOf(id), "offline");
    assert.equal((await cli(["reregister", "Ada"], { server })).code, 0);
  });
});
