/**
 * The runner's process: reads the owner's policy itself, then does what its standard input asks, until that ends. It
 * does not trust the agent, which reaches the network: whatever is asked is held against the policy here.
 */
import * as z from "zod";
import { ConfigError } from "../../shared/config.ts";
import { CommandRunner } from "./command_runner.ts";
import { FrameWriter, idSchema, linesOf, requestSchema, type RunnerEvent } from "./frames.ts";
import { located, readPolicyFile, realDirectory } from "./locate.ts";
import { describePolicy, parsePolicy, type Policy } from "./policy.ts";
import { Warden } from "./warden.ts";

/** Describes what the runner is started with. */
const startSchema = z.strictObject({
  allow: z.array(z.string()),
  policyFile: z.string().optional(),
  /** A folder that is not there yet, for the texts of scripts. */
  folder: z.string(),
});
export type RunnerStart = z.infer<typeof startSchema>;

/** Exit code: somebody has to change something before it can go on. */
const CANNOT_GO_ON = 2;

/** Serves the agent on standard input and output until the input ends or a signal comes. Resolves with the exit code. */
export async function serveRunner(start: string): Promise<number> {
  const tell = new FrameWriter<RunnerEvent>(Deno.stdout.writable).write;
  // Where it is started with more than it needs (a compiled program has one set of permissions), it gives it up itself.
  for (const name of ["net", "import"] as const) await Deno.permissions.revoke({ name });
  try {
    const { folder, ...sources } = startSchema.parse(JSON.parse(start));
    const policy = await readPolicy(sources);
    await serve(policy, folder, tell);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await tell({ is: "fault", message: error.message });
    return CANNOT_GO_ON;
  }
}

async function readPolicy({ allow, policyFile }: Omit<RunnerStart, "folder">): Promise<Policy> {
  const file = policyFile === undefined ? undefined : await readPolicyFile(policyFile);
  return located(parsePolicy({ allow, file }), Deno.env.get("PATH") ?? "");
}

async function serve(
  policy: Policy,
  folder: string,
  tell: (event: RunnerEvent) => Promise<void>,
): Promise<void> {
  const mark = crypto.randomUUID();
  const warden = Warden.start(mark, folder);
  const runner = new CommandRunner({
    policy,
    surroundings: { environment: Deno.env.toObject(), startedIn: Deno.cwd(), realDirectory },
    mark,
    folder: privateFolder(folder),
    warden,
    tell,
  });
  void tell({ is: "ready", allowed: describePolicy(policy) });
  await Promise.race([handleAll(runner), untilSignal()]);
  await runner.stop();
  await warden?.close();
}

/**
 * Resolves when the agent closes its side or dies. A request that is none is refused where it says for which command it
 * would be; what says not even that ends the runner: the agent is not what it was.
 */
async function handleAll(runner: CommandRunner): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request = requestSchema.safeParse(parsed(line));
    if (request.success) runner.handle(request.data);
    else if (!runner.refuseUnreadable(named.safeParse(parsed(line)).data?.id)) return;
  }
}

const named = z.object({ do: z.literal("run"), id: idSchema });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, resolve);
  });
}

/** Makes the folder when the first script needs it. One that is there already is somebody else's, and makes this throw. */
function privateFolder(path: string): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => made ??= Deno.mkdir(path, { mode: 0o700 }).then(() => Deno.realPath(path));
}
