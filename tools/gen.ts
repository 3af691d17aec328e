/** Makes `shared/grpc/gen` from `protos` with buf and ts-proto; with `--check` only tells whether it is stale. */

const BUF = "npm:@bufbuild/buf@1.74.0/buf";
const root = new URL("..", import.meta.url).pathname;
const committed = `${root}shared/grpc/gen`;

if (import.meta.main) {
  Deno.exit(Deno.args.includes("--check") ? await checkFresh() : await generate(`${root}protos`));
}

/** Runs `buf generate` so that its output lands in `../shared/grpc/gen`, seen from `base`. */
async function generate(base: string): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", BUF, "generate", "-o", base],
    cwd: `${root}protos`,
    env: { PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}` },
  }).spawn().status;
  return code;
}

async function checkFresh(): Promise<number> {
  const scratch = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${scratch}/protos`);
    if (await generate(`${scratch}/protos`) !== 0) return 1;
    const stale = await differences(`${scratch}/shared/grpc/gen`);
    for (const name of stale) {
      console.error(`shared/grpc/gen/${name} is stale: run "deno task gen" and commit it.`);
    }
    return stale.length === 0 ? 0 : 1;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function differences(made: string): Promise<string[]> {
  const names = new Set(
    [...Deno.readDirSync(made), ...Deno.readDirSync(committed)].map((entry) => entry.name),
  );
  const differs = async (name: string) =>
    await read(`${made}/${name}`) !== await read(`${committed}/${name}`);
  const found: string[] = [];
  for (const name of names) if (await differs(name)) found.push(name);
  return found;
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
