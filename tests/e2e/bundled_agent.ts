/** The bundled agent as somebody has it who copied one file: an empty folder, an empty cache, and no way but to its server. */
import { bundleAgent } from "../../tools/bundle_agent.ts";
import { eachLine } from "../../tools/start/lines.ts";

let bundling: Promise<string> | undefined;

/** Bundles the agents, once for all tests of a file; the caller removes what `remove()` names in the end. */
export function bundle(): Promise<string> {
  return bundling ??= (async () => {
    const file = `${await Deno.makeTempDir({ prefix: "parley-bundle-" })}/agent.js`;
    await bundleAgent(file);
    return file;
  })();
}

/** Removes the bundle, if there is one. */
export async function removeBundle(): Promise<void> {
  if (bundling) await Deno.remove((await bundling).replace("/agent.js", ""), { recursive: true });
}

/** A bundled agent that runs. Disposing ends it, and removes its folder. */
export class BundledAgent implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #output: Promise<void>[];

  private constructor(readonly child: Deno.ChildProcess, readonly home: string) {
    this.#output = [child.stdout, child.stderr].map((stream) =>
      eachLine(stream, (line) => this.lines.push(line))
    );
  }

  /** Starts it with nothing of this machine's but the file, Deno, and `env`. */
  static async start(args: string[], env: Record<string, string> = {}): Promise<BundledAgent> {
    const home = await Deno.makeTempDir({ prefix: "parley-home-" });
    await Deno.copyFile(await bundle(), `${home}/agent.js`);
    const child = new Deno.Command(Deno.execPath(), {
      // Nothing may be fetched, and nobody else be reached.
      args: [
        "run",
        "--no-prompt",
        "--no-remote",
        "--no-npm",
        "--cached-only",
        ...permissions(),
        "agent.js",
        ...args,
      ],
      cwd: home,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH")!,
        HOME: home,
        DENO_DIR: `${home}/cache`,
        DENO_NO_PACKAGE_JSON: "1",
        NPM_CONFIG_REGISTRY: "http://127.0.0.1:9/",
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new BundledAgent(child, home);
  }

  /** Resolves with its exit code, once everything it said is in `lines`. */
  async end(): Promise<number> {
    const { code } = await this.child.status;
    await Promise.all(this.#output);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGTERM");
    } catch { /* It has ended. */ }
    await this.end();
    await Deno.remove(this.home, { recursive: true });
  }
}

function permissions(): string[] {
  return ["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-sys", "--allow-run"];
}
