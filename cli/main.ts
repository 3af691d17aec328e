/** The command line's wiring: reads what is asked for, opens what it works with, and ends with a code that scripts can use. */
import manifest from "../deno.json" with { type: "json" };
import { ParleyError } from "../shared/error.ts";
import { createRepeat } from "../shared/shutdown.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { Interrupted, OutputError, UsageError } from "./fault.ts";
import { inOurWords } from "./format/our_words.ts";
import { oneLine } from "./format/harmless.ts";
import { type GlobalOptions, parseCommandLine } from "./program.ts";
import type { Workplace } from "./workplace.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  try {
    const asked = parseCommandLine(args, manifest.version);
    if (asked.kind === "show") return show(asked.text);
    return await asked.work(await openWorkplace(asked.options)) ?? EXIT.ok;
  } catch (thrown) {
    return complain(thrown);
  }
}

/** Loaded here, so that `--help` does without it. */
async function openWorkplace(options: GlobalOptions): Promise<Workplace> {
  const [{ readEnvironment }, { CLI_VARIABLES, parseCliConfig }, { Api }, { Screen }] = await Promise.all([
    import("../shared/environment.ts"),
    import("./config.ts"),
    import("./api.ts"),
    import("./screen.ts"),
  ]);
  const env = await readEnvironment({ variables: CLI_VARIABLES });
  const config = parseCliConfig(options, env);
  const signal = interruption();
  const screen = new Screen({ json: options.json ?? false, colour: options.color && !env.NO_COLOR, signal });
  // A task runs where deno.json is, and says where it was called.
  const directory = env.INIT_CWD || Deno.cwd();
  return { config, api: new Api({ ...config, signal }), screen, directory, signal };
}

/** Aborts with the first Ctrl-C, SIGTERM, or closed terminal; one that comes a second or more later ends the process at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const repeated = createRepeat();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (repeated()) Deno.exit(EXIT.interrupted);
      interrupted.abort();
    });
  }
  return interrupted.signal;
}

function show(text: string): number {
  console.log(text.trimEnd());
  return EXIT.ok;
}

function complain(thrown: unknown): number {
  if (thrown instanceof Deno.errors.BrokenPipe) return EXIT.outputClosed;
  if (thrown instanceof Interrupted) return EXIT.interrupted;
  if (!(thrown instanceof Error)) throw thrown;
  const isUsage = thrown instanceof UsageError || thrown.name === "ConfigError";
  const isOurs = isUsage || thrown instanceof OutputError || thrown instanceof ParleyError;
  if (!isOurs) throw thrown;
  console.error(inOurWords(thrown.message).split("\n").map(oneLine).join("\n"));
  if (isUsage) return EXIT.usage;
  return thrown instanceof ParleyError ? exitCodeOf(thrown.code) : EXIT.failed;
}
