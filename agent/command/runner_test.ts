/** The runner as a real process with real programs: what runs, as what, and how truly it is told. */
import { strict as assert } from "node:assert";
import { ConfigError } from "../../shared/config.ts";
import { TestRunner, untilGone } from "./testing/runner.ts";

const SHELL = { shell: true, lines: ["**"] };

Deno.test("the runner gives a program its arguments as they are, whatever a shell would make of them", async () => {
  await using runner = await TestRunner.start({}, ["printf *"]);
  const words = ["a\nb", "'c'", '"d"', "; id", "$(id)", "`id`", "*", "", "-x", "€😀"];
  runner.run("c", { arguments: ["printf", "%s\\0", ...words] });
  const { status, output, exitCode } = await runner.outcome("c");
  assert.deepEqual([status, exitCode, output.split("\0").slice(0, -1)], ["succeeded", 0, words]);
  runner.run("d", { content: "printf '%s\\n' 'a; b' c" });
  assert.equal((await runner.outcome("d")).output, "a; b\nc\n");
});

Deno.test("the runner runs nothing without a policy, and says what the owner would add", async () => {
  await using runner = await TestRunner.start({});
  for (
    const [id, more] of Object.entries({ a: { content: "id" }, b: { type: "python", content: "1" } } as const)
  ) {
    runner.run(id, more);
    const { status, code, exitCode, message } = await runner.outcome(id);
    assert.deepEqual([status, code, exitCode], ["failed", "forbidden", 0]);
    assert.match(message!, /The owner of this agent .* They would/);
  }
});

Deno.test("the runner tells a program's output as it comes, and its end as it was", async () => {
  await using runner = await TestRunner.start({ allow: [SHELL] });
  runner.run("code", { content: "echo out; echo err >&2; exit 7" });
  const { description } = await runner.next("code", "started");
  assert.match(description, /sh -c 'echo out; echo err >&2; exit 7'$/);
  const seen = [await runner.next("code", "output"), await runner.next("code", "output")];
  assert.deepEqual(seen.map(({ stream, text }) => `${stream}: ${text}`).sort(), [
    "stderr: err\n",
    "stdout: out\n",
  ]);
  const { status, exitCode, signal, message } = await runner.outcome("code");
  assert.deepEqual([status, exitCode, signal], ["failed", 7, undefined]);
  assert.match(message!, /ended with 7/);
  runner.run("signal", { content: "kill -KILL $$" });
  const killed = await runner.outcome("signal");
  assert.deepEqual([killed.status, killed.signal, killed.exitCode], ["failed", "SIGKILL", 137]);
});

Deno.test("a program gets a closed input, and of the environment only what it needs and what the owner names", async () => {
  Deno.env.set("PARLEY_TEST_PASSED", "yes");
  Deno.env.set("PARLEY_TEST_SECRET", "no");
  await using runner = await TestRunner.start({
    allow: [{ program: "env", environment: { TZ: "UTC", PARLEY_TEST_PASSED: true } }, { program: "cat" }],
  });
  runner.run("env", { content: "env" });
  const { output } = await runner.outcome("env");
  const names = output.split("\n").map((line) => line.split("=")[0]!).filter(Boolean);
  const usual = ["PATH", "HOME", "LANG", "TMPDIR", "TMP", "TEMP"];
  assert.deepEqual(names.filter((name) => !usual.includes(name)).sort(), [
    "PARLEY_COMMAND",
    "PARLEY_TEST_PASSED",
    "TZ",
  ]);
  runner.run("cat", { content: "cat" });
  assert.equal((await runner.outcome("cat")).output, "");
});

Deno.test("a command runs in the directory it asks for, as long as that is really within what is allowed", async () => {
  await using runner = await TestRunner.start({
    allow: [{ program: "pwd", arguments: ["-P"], directory: "$DIR" }],
  });
  const { directory } = runner;
  await Deno.mkdir(`${directory}/in/deep`, { recursive: true });
  await Deno.symlink("/", `${directory}/out`);
  await Deno.symlink(`${directory}/in`, `${directory}/link`);
  const cases: [asked: string | undefined, runsIn: string | undefined][] = [
    [undefined, directory],
    ["in", `${directory}/in`],
    ["link/deep", `${directory}/in/deep`],
    ["in/..", directory],
    ["out", undefined],
    ["out/etc", undefined],
    ["..", undefined],
    ["in/../../..", undefined],
    [`${directory}x`, undefined],
    ["/etc", undefined],
    ["policy.json", undefined],
  ];
  for (const [index, [asked, runsIn]] of cases.entries()) {
    runner.run(`c${index}`, {
      content: "pwd -P",
      parameters: asked === undefined ? {} : { directory: asked },
    });
    const { output, code } = await runner.outcome(`c${index}`);
    assert.deepEqual([output, code], runsIn ? [`${runsIn}\n`, undefined] : ["", "forbidden"], String(asked));
  }
});

Deno.test("a script's text stands in a private file, which is gone when it ends", async () => {
  await using runner = await TestRunner.start({ allow: [{ interpreter: "python3", options: ["-I"] }] });
  const text =
    "import os, sys\nprint(oct(os.stat(__file__).st_mode & 0o777), oct(os.stat(os.path.dirname(__file__)).st_mode & 0o777))\n" +
    "print(__file__)\nprint(sys.argv[1:])";
  runner.run("s", { type: "python", content: text, arguments: ["a b", ";"] });
  const { status, output } = await runner.outcome("s");
  const [modes, file, args] = output.trim().split("\n");
  assert.deepEqual([status, modes, args], ["succeeded", "0o600 0o700", "['a b', ';']"]);
  await assert.rejects(Deno.stat(file!), Deno.errors.NotFound);
  await runner.client.close();
  await assert.rejects(Deno.stat(file!.replace(/\/[^/]+$/, "")), Deno.errors.NotFound);
});

Deno.test("output over the limit is cut in the middle, and the program goes on to its end", async () => {
  await using runner = await TestRunner.start({ allow: [{ ...SHELL, max_output_bytes: 10_000 }] });
  runner.run("big", {
    content: "echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo; echo last; exit 3",
  });
  const { output, truncatedBytes, exitCode } = await runner.outcome("big");
  assert.equal(exitCode, 3);
  assert.match(output, /^first\nx+\n… \d+ bytes were cut out here …\nx+\nlast\n$/);
  assert.ok(output.length <= 10_000 && truncatedBytes > 19_900_000);
  const shown = runner.events("big").all.flatMap((event) => event.is === "output" ? [event.text.length] : []);
  assert.ok(shown.reduce((sum, length) => sum + length, 0) < 10_000 + 70_000);
});

Deno.test("what is no text is counted by its bytes, and a character that comes in two pieces stays one", async () => {
  await using runner = await TestRunner.start({ allow: [SHELL] });
  runner.run("binary", { content: "head -c 600000 /dev/zero | tr '\\0' '\\377'" });
  const { output, truncatedBytes } = await runner.outcome("binary");
  assert.equal(output.match(/\ufffd/g)!.length + truncatedBytes, 600_000);
  assert.ok(new TextEncoder().encode(output).length <= 1_048_576);
  runner.run("halves", {
    content: "printf '\\342'; printf err >&2; " +
      `while [ ! -e '${runner.directory}/go' ]; do sleep 0.02; done; printf '\\202\\254'`,
  });
  await runner.next("halves", "output");
  await Deno.writeTextFile(`${runner.directory}/go`, "");
  assert.equal((await runner.outcome("halves")).output, "err€");
  runner.run("half", { content: "printf 'a\\342\\202'" });
  assert.equal((await runner.outcome("half")).output, "a\ufffd");
});

Deno.test("a program that cannot be started is told as that", async () => {
  await using runner = await TestRunner.start({ allow: [{ program: "$DIR/policy.json" }] }).catch((error) => {
    assert.ok(
      error instanceof ConfigError && /allow\[0\]: there is no program .*policy\.json/.test(error.message),
    );
    return TestRunner.start({}, ["printf *"]);
  });
  runner.run("long", { arguments: ["printf", ...Array.from({ length: 40 }, () => "x".repeat(99_999))] });
  const { status, code, message } = await runner.outcome("long");
  assert.deepEqual([status, code], ["failed", "internal"]);
  assert.match(message!, /could not be started: .*Argument list too long/);
});

Deno.test("no more commands run at once than the owner says", async () => {
  await using runner = await TestRunner.start({
    allow: [{ program: "sleep", arguments: ["*"] }],
    max_concurrent: 1,
  });
  runner.run("one", { content: "sleep 100" });
  await runner.next("one", "started");
  runner.run("two", { content: "sleep 0" });
  assert.equal((await runner.outcome("two")).code, "rate_limited");
  runner.client.request({ do: "cancel", id: "one" });
  await runner.outcome("one");
  runner.run("three", { content: "sleep 0" });
  assert.equal((await runner.outcome("three")).status, "succeeded");
});

Deno.test("a command that comes in a way that is none is refused, and ends no other", async () => {
  await using runner = await TestRunner.start({ allow: [SHELL] });
  runner.run("s", { content: "echo $$; sleep 100" });
  await runner.lines("s", 1);
  for (const id of ["s", "x"]) runner.client.request({ do: "run", id, program: "id" } as never);
  assert.equal((await runner.outcome("x")).code, "invalid_message");
  runner.client.request({ do: "cancel", id: "s" });
  assert.equal((await runner.outcome("s")).status, "cancelled");
});

Deno.test("a runner that is spoken to in another way ends, and its programs with it", async () => {
  await using runner = await TestRunner.start({ allow: [SHELL] });
  runner.run("s", { content: "echo $$; sleep 100" });
  const [pid] = await runner.lines("s", 1);
  runner.client.request({ do: "run", id: "", content: "id" } as never);
  await runner.deaths.next();
  await untilGone([Number(pid)]);
});
