/** A Redis of its own, with `appendonly yes` and the default fsync. */
import { freePort } from "../../shared/testing/free_port.ts";

export interface RunningRedis extends AsyncDisposable {
  port: number;
}

export async function openRedis(): Promise<RunningRedis> {
  const port = Number(freePort());
  const directory = await Deno.makeTempDir();
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    directory,
    "--save",
    "",
    "--appendonly",
    "yes",
  ];
  const child = new Deno.Command("redis-server", { args, stdout: "null", stderr: "inherit" }).spawn();
  await untilAccepts(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function untilAccepts(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
