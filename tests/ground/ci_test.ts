/** What CI reports, and what becomes of tests whose service is missing. */
import assert from "node:assert/strict";
import { inherited } from "../environment.ts";

const root = new URL("../..", import.meta.url).pathname;

interface Ended {
  code: number;
  output: string;
}

async function run(
  command: string,
  args: string[],
  { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const child = new Deno.Command(command, {
    args,
    cwd: root,
    env: { ...inherited(), ...env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const SUMMARIES: [when: string, exitCode: string, output: string, says: string][] = [
  [
    "everything passed",
    "0",
    "ok | 12 passed (3 steps) | 0 failed | 2 ignored (3s)\n",
    "12 passed, 0 failed, 2 skipped",
  ],
  ["a test failed", "1", "FAILED | 11 passed | 1 failed (1 step) (3s)\n", "11 passed, 1 failed, 0 skipped"],
  [
    "nothing was tested, since the format is wrong",
    "1",
    "error: Found 1 not formatted file\n",
    "0 passed, 1 failed, 0 skipped",
  ],
  [
    "Deno crashed after its tests",
    "139",
    "ok | 12 passed | 0 failed (3s)\n",
    "12 passed, 1 failed, 0 skipped",
  ],
  [
    "a test prints what looks like a result",
    "0",
    "I passed 5 passed\nok | 1 passed | 0 failed (1s)\n",
    "1 passed, 0 failed, 0 skipped",
  ],
];

for (const [when, exitCode, output, says] of SUMMARIES) {
  Deno.test(`CI's last line tells how many passed and failed when ${when}`, async () => {
    const summary = await run(`${root}.ci/summarise`, [exitCode], { input: output });
    assert.equal(summary.output, `${says}\n`);
  });
}

/** Tests of each kind of service, and what they need. */
const LIVE: [file: string, needs: RegExp][] = [
  ["tests/interop/frontend_test.ts", /needs RabbitMQ with rabbitmqctl/],
  ["shared/bus/amqp_test.ts", /needs RabbitMQ with rabbitmqctl/],
  ["shared/bus/redis_faults_test.ts", /needs Redis on port 6379, and redis-server/],
  ["shared/bus/sql_postgres_faults_test.ts", /needs PostgreSQL, at 127\.0\.0\.1:5432 or where/],
  ["broker/broker_test.ts", /needs RabbitMQ with rabbitmqctl/],
  ["tests/browser/system_page_test.ts", /no \/nowhere\/chromium/],
];

for (const [file, needs] of LIVE) {
  Deno.test(`${file} is ignored with the reason where its service is missing, and fails in CI`, async () => {
    const args = ["test", "-A", "--no-check", "--fail-fast", file];
    const env = {
      NO_COLOR: "1",
      PATH: "/nowhere",
      CHROMIUM: "/nowhere/chromium",
      PARLEY_TEST_POSTGRES: "postgres://127.0.0.1:1/nowhere",
    };
    const here = await run(Deno.execPath(), args, { env });
    assert.equal(here.code, 0, here.output);
    assert.match(here.output, needs);
    assert.match(here.output, /ok \| \d+ passed .*\d+ ignored/);
    const inCi = await run(Deno.execPath(), args, { env: { ...env, CI: "true" } });
    assert.notEqual(inCi.code, 0, inCi.output);
    assert.match(inCi.output, /FAILED \|/);
  });
}
