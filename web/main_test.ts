/** The dashboard's process: what it prints, what it refuses, and how it ends. */
import { expect } from "expect";
import { fileURLToPath } from "node:url";
import manifest from "../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const [, ...COMMAND] = manifest.tasks["start:web"].command.split(" ");

function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...COMMAND, ...args],
    cwd: ROOT,
    env: { LOG_FORMAT: "json", WEB_HOST: "127.0.0.1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcome(process: Deno.ChildProcess): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await process.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

Deno.test("--help and --version answer and end with 0", async () => {
  const help = await outcome(start(["--help"]));
  expect([help.code, help.out]).toEqual([0, expect.stringContaining("WEB_PORT")]);
  const version = await outcome(start(["--version"]));
  expect([version.code, version.out.trim()]).toEqual([0, manifest.version]);
});

Deno.test("a port in use, a bad variable and an unknown argument end with 2 and a sentence that names them", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const cases: [args: string[], env: Record<string, string>, said: RegExp][] = [
    [[], { WEB_PORT: String(port) }, new RegExp(`WEB_PORT: port ${port} is in use`)],
    [[], { WEB_PORT: "many" }, /WEB_PORT: given was "many"/],
    [[], { WEB_HOST: "0.0.0.0", PARLEY_ALLOW_INSECURE: "" }, /WEB_HOST/],
    [["--colour"], {}, /"--colour"/],
  ];
  for (const [args, env, said] of cases) {
    const { code, err } = await outcome(start(args, env));
    expect([code, err]).toEqual([2, expect.stringMatching(said)]);
    expect(err).not.toContain("    at ");
  }
});

Deno.test("SIGTERM ends it with 0, also while the server is not there", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  const process = start([], { WEB_PORT: String(port), WEBSOCKET_URL: "ws://127.0.0.1:1/ws" });
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  expect(value).toContain(`http://localhost:${port}`);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("deno task start:server")]);
  expect(page.headers.get("vary")).toMatch(/accept-encoding/i);
  process.kill("SIGTERM");
  while (!(await lines.read()).done);
  const [{ code }] = await Promise.all([process.status, process.stderr.cancel()]);
  expect(code).toBe(0);
});
