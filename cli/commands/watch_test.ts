import assert from "node:assert/strict";
import { Hub } from "../../server/testing/hub.ts";
import { openProxy } from "../../shared/bus/testing/proxy.ts";
import { start, startOnTerminal } from "../testing/process.ts";

const lines = (out: string) => out.split("\n").filter(Boolean).map((line) => JSON.parse(line));

Deno.test("agents watch gives a program one JSON object a line for each change, and comes back by itself", async () => {
  await using hub = await Hub.open();
  await using proxy = openProxy({ hostname: "127.0.0.1", port: hub.server.httpPort });
  const ada = await hub.agent({ agent_name: "Ada" });
  await using running = start(["agents", "watch"], { server: `http://127.0.0.1:${proxy.port}` });
  await running.until(({ out }) => out.includes("\n"));
  assert.deepEqual(lines(running.out).map(({ agent_name, status }) => [agent_name, status]), [[
    "Ada",
    "idle",
  ]]);

  await ada[Symbol.asyncDispose]();
  await running.until(({ out }) => /"offline".*\n/.test(out));

  await proxy.cut({ refuse: true });
  await running.until(({ err }) => /lost.*Trying again/.test(err));
  await using _bob = await hub.agent({ agent_name: "Bob" });
  proxy.mend();
  await running.until(({ err, out }) => err.includes("Connected again.") && /"Bob".*\n/.test(out));
  const changes = lines(running.out).map(({ agent_name, status }) => `${agent_name} ${status}`);
  assert.equal(
    changes.filter((change) => change === "Ada offline").length,
    1,
    "what did not change is not told again",
  );

  running.kill("SIGINT");
  assert.equal((await running.ended).code, 130);
});

Deno.test("agents watch shows a person a table that changes, and leaves the terminal as it was", async () => {
  await using hub = await Hub.open();
  await using running = startOnTerminal(["agents", "watch"], { server: hub.http });
  await running.until(({ out }) => /0 of 0 agents online/.test(out));
  await using _ada = await hub.agent({ agent_name: "Ada" });
  await running.until(({ out }) => /1 of 1 agents online[\s\S]*Ada .*idle/.test(out));
  await running.type("\u0003");
  const { code, out } = await running.ended;
  assert.equal(code, 130);
  assert.ok(out.trimEnd().endsWith("\u001b[?25h\u001b[?1049l"), "the cursor and the screen are back");
});

Deno.test("agents watch ends with 4 when there is no server at first", async () => {
  await using running = start(["agents", "watch"], { server: "http://127.0.0.1:1" });
  const { code, err } = await running.ended;
  assert.equal(code, 4);
  assert.match(err, /No server answers at http:\/\/127\.0\.0\.1:1\./);
});
