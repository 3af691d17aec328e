/** The dashboard's process: what it prints, what it refuses, and how it ends. */
import { expect } from "expect";
import manifest from "../deno.json" with { type: "json" };
import { freePort } from "../shared/testing/free_port.ts";
import { outcomeOf, startTask } from "../shared/testing/task_process.ts";

function start(args: string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return startTask("start:web", args, { LOG_FORMAT: "json", WEB_HOST: "127.0.0.1", ...env });
}

Deno.test("--help and --version answer and end with 0", async () => {
  const help = await outcomeOf(start(["--help"]));
  expect([help.code, help.out]).toEqual([0, expect.stringContaining("WEB_PORT")]);
  const version = await outcomeOf(start(["--version"]));
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
    const { code, err } = await outcomeOf(start(args, env));
    expect([code, err]).toEqual([2, expect.stringMatching(said)]);
    expect(err).not.toContain("    at ");
  }
});

Deno.test("SIGTERM ends it with 0, also while the server is not there", async () => {
  const port = freePort();
  const process = start([], { WEB_PORT: port, WEBSOCKET_URL: "ws://127.0.0.1:1/ws" });
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
