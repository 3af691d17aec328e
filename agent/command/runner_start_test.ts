/** How a runner is started: with rules that are none it is not, and without a way to the network. */
import { strict as assert } from "node:assert";
import { ConfigError } from "../../shared/config.ts";
import { RunnerClient } from "./runner_client.ts";
import type { RunnerStart } from "./runner_process.ts";
import { TestRunner } from "./testing/runner.ts";

Deno.test("RunnerClient.start() names what is wrong with what may run", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const cases: [rules: { allow?: string[]; policyFile?: string }, says: RegExp][] = [
    [
      { allow: ["no-such-program-anywhere -x"] },
      /--allow-command "no-such-program-anywhere -x": there is no program/,
    ],
    [{ policyFile: "/no/such/file.json" }, /cannot be read/],
    [{ policyFile: file }, /no JSON/],
  ];
  for (const [rules, says] of cases) {
    await assert.rejects(
      RunnerClient.start(rules),
      (error) => error instanceof ConfigError && says.test(error.message),
    );
  }
  await Deno.writeTextFile(file, JSON.stringify({ allow: [{ program: "df", directory: "/no/such" }] }));
  await assert.rejects(
    RunnerClient.start({ policyFile: file }),
    /allow\[0\]: there is no directory \/no\/such/,
  );
  await Deno.chmod(file, 0o666);
  await assert.rejects(RunnerClient.start({ policyFile: file }), /everybody on this machine may write it/);
  await Deno.remove(file);
});

Deno.test("nothing counts as allowed that everybody on the machine may write or replace", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const [open, policyFile, program] = [`${folder}/open`, `${folder}/policy.json`, `${folder}/open/program`];
  await Deno.mkdir(open);
  await Deno.copyFile("/bin/true", program);
  await Deno.writeTextFile(policyFile, JSON.stringify({ allow: [{ program }] }));
  const start = async (file = policyFile) => await (await RunnerClient.start({ policyFile: file })).close();
  await start();
  await Deno.chmod(program, 0o757);
  await assert.rejects(start(), /allow\[0\]: everybody on this machine may write .*\/open\/program\./);
  await Deno.chmod(program, 0o755);
  await Deno.chmod(open, 0o777);
  await assert.rejects(start(), /allow\[0\]: everybody on this machine may write .*\/open\. chmod o-w it\./);
  await Deno.chmod(open, 0o1777);
  await start();
  // Whoever may write a folder may put another in the place of the one below it.
  const below = `${open}/mine`;
  await Deno.mkdir(below);
  await Deno.copyFile(policyFile, `${below}/policy.json`);
  await start(`${below}/policy.json`);
  await Deno.chmod(open, 0o777);
  await assert.rejects(start(`${below}/policy.json`), /may write .*\/open\. chmod o-w that folder/);
  await Deno.chmod(open, 0o1777);
  await Deno.chmod(open, 0o777);
  await Deno.writeTextFile(`${open}/policy.json`, JSON.stringify({ allow: [] }));
  await assert.rejects(
    start(`${open}/policy.json`),
    /everybody on this machine may write .*\/open\. chmod o-w that folder/,
  );
  await Deno.symlink(`${open}/policy.json`, `${folder}/link.json`);
  await assert.rejects(start(`${folder}/link.json`), /\/open\. chmod o-w that folder/);
  // A link of a link: what is between is neither on the path nor above the file.
  await Deno.symlink(policyFile, `${open}/between.json`);
  await Deno.symlink("open/between.json", `${folder}/twice.json`);
  await assert.rejects(start(`${folder}/twice.json`), /\/open\. chmod o-w that folder/);
  await Deno.symlink("twice.json", `${folder}/thrice.json`);
  await assert.rejects(start(`${folder}/thrice.json`), /\/open\. chmod o-w that folder/);
  await Deno.symlink("..", `${open}/up`);
  await Deno.symlink("open/up", `${folder}/around`);
  await assert.rejects(start(`${folder}/around/policy.json`), /\/open\. chmod o-w that folder/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a process with every permission keeps none that runs programs, and is warned of what it may write", async () => {
  const fixture = new URL("./testing/generous_agent.ts", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", fixture],
    stdin: "null",
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "command refused\nlibrary refused\n");
  assert.match(new TextDecoder().decode(stderr), /may write every file/);
});

/** Runs `probe` in the runner's place, with the very command line and variables that it was started with. */
async function probed({ client, directory }: TestRunner, probe: string, proxy: string): Promise<string> {
  const [commandLine, variables] = (await Promise.all(
    ["cmdline", "environ"].map((name) => Deno.readTextFile(`/proc/${client.pid}/${name}`)),
  )).map((text) => text.split("\0").slice(0, -1)) as [string[], string[]];
  const script = commandLine.findIndex((word) => word.endsWith("/runner.ts"));
  await Deno.writeTextFile(`${directory}/probe.ts`, probe);
  const env = Object.fromEntries(variables.map((line) => line.split(/=(.*)/s, 2)));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...commandLine.slice(1, script), `${directory}/probe.ts`],
    clearEnv: true,
    env: { ...env, HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: "", NPM_CONFIG_REGISTRY: proxy },
    signal: AbortSignal.timeout(60_000),
  }).output();
  return new TextDecoder().decode(stdout);
}

const PROBE = `
const attempts = {
  connect: () => Deno.connect({ hostname: "127.0.0.1", port: 10_009 }),
  fetch: () => fetch("http://127.0.0.1:10009/"),
  remote: () => import(["https://deno.land", "parley", "none.ts"].join("/")),
  npm: () => import(["npm:parley-is-no-package", "1.0.0"].join("@")),
};
for (const [name, attempt] of Object.entries(attempts)) {
  const refusal = (error) =>
    name === "remote" || name === "npm" || error instanceof Deno.errors.NotCapable ? "refused" : error.message;
  await attempt().then(() => console.log(name, "done"), (error) => console.log(name, refusal(error)));
}
`;

Deno.test("the runner cannot reach the network, also not by what it imports", async () => {
  await using runner = await TestRunner.start({});
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const reached = listener.accept().then(
    (connection) => (connection.close(), "reached"),
    () => "not reached",
  );
  const proxy = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  const says = await probed(runner, PROBE, proxy);
  listener.close();
  assert.equal(await reached, "not reached");
  assert.equal(says, "connect refused\nfetch refused\nremote refused\nnpm refused\n");
});

Deno.test("a runner that has the permission to reach the network gives it up", async () => {
  const fixture = new URL("./testing/generous_runner.ts", import.meta.url).pathname;
  const start = JSON.stringify({ allow: [], folder: "/nowhere" } satisfies RunnerStart);
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", fixture, start],
    stdin: "null",
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "net prompt\nimport prompt\nrun granted\n");
});

Deno.test("Deno itself sends nothing from the runner either: no telemetry, no question for a newer version", async () => {
  await using runner = await TestRunner.start({});
  const variables = (await Deno.readTextFile(`/proc/${runner.client.pid}/environ`)).split("\0");
  assert.ok(variables.includes("OTEL_DENO=false") && variables.includes("DENO_NO_UPDATE_CHECK=1"));
});
