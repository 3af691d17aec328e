/** Approval as the runner keeps it: of exactly one command, once, and for so long. */
import { strict as assert } from "node:assert";
import { TestRunner } from "./testing/runner.ts";

const POLICY = { allow: [{ shell: true, lines: ["**"], directory: "$DIR", approve: true }] };

Deno.test("a command waits until exactly it is approved, and runs once", async () => {
  await using runner = await TestRunner.start(POLICY);
  runner.run("c", { content: "echo ran >> ran.txt" });
  const { digest, description, expiresInMs } = await runner.next("c", "approval");
  assert.match(description, /sh -c 'echo ran >> ran\.txt'\nin /);
  assert.ok(expiresInMs > 290_000 && expiresInMs <= 300_000);
  runner.client.request({ do: "approve", id: "c", digest: "f".repeat(64) });
  assert.equal((await runner.next("c", "approval")).digest, digest);
  runner.client.request({ do: "approve", id: "c", digest });
  runner.client.request({ do: "approve", id: "c", digest });
  assert.equal((await runner.outcome("c")).status, "succeeded");
  runner.client.request({ do: "approve", id: "c", digest });
  assert.equal((await runner.outcome("c")).code, "forbidden");
  assert.equal(await Deno.readTextFile(`${runner.directory}/ran.txt`), "ran\n");
});

Deno.test("an approval is for no other command, though it says the same", async () => {
  await using runner = await TestRunner.start(POLICY);
  runner.run("one", { content: "id" });
  runner.run("two", { content: "id" });
  const one = await runner.next("one", "approval");
  const two = await runner.next("two", "approval");
  assert.notEqual(one.digest, two.digest);
  runner.client.request({ do: "approve", id: "two", digest: one.digest });
  assert.equal((await runner.next("two", "approval")).digest, two.digest);
  assert.equal(runner.events("two").all.some(({ is }) => is === "started"), false);
});

Deno.test("a command that nobody approves in time ends, and an approval that comes later runs nothing", async () => {
  await using runner = await TestRunner.start({ ...POLICY, approval_expires_s: 0.05 });
  runner.run("c", { content: "echo ran" });
  const { digest } = await runner.next("c", "approval");
  const { status, code, message } = await runner.outcome("c");
  assert.deepEqual([status, code], ["failed", "timeout"]);
  assert.match(message!, /Nobody approved/);
  runner.client.request({ do: "approve", id: "c", digest });
  assert.equal((await runner.outcome("c")).code, "forbidden");
  assert.equal(runner.events("c").all.some(({ is }) => is === "started"), false);
});

Deno.test("a command that is denied, or cancelled before anybody approved it, never runs", async () => {
  await using runner = await TestRunner.start(POLICY);
  runner.run("denied", { content: "id" });
  const { digest } = await runner.next("denied", "approval");
  runner.client.request({ do: "deny", id: "denied", digest });
  const denied = await runner.outcome("denied");
  assert.deepEqual([denied.status, denied.code], ["cancelled", "forbidden"]);
  runner.run("cancelled", { content: "id" });
  await runner.next("cancelled", "approval");
  runner.client.request({ do: "cancel", id: "cancelled" });
  assert.deepEqual((await runner.outcome("cancelled")).status, "cancelled");
});

Deno.test("an approved command does not run where its directory has become a way to elsewhere", async () => {
  await using runner = await TestRunner.start(POLICY);
  await Deno.mkdir(`${runner.directory}/in`);
  runner.run("c", { content: "pwd -P", parameters: { directory: "in" } });
  const { digest } = await runner.next("c", "approval");
  await Deno.remove(`${runner.directory}/in`);
  await Deno.symlink("/", `${runner.directory}/in`);
  runner.client.request({ do: "approve", id: "c", digest });
  const { status, message } = await runner.outcome("c");
  assert.equal(status, "failed");
  assert.match(message!, /not there any more/);
});
