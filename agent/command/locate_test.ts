import { strict as assert } from "node:assert";
import { relative } from "node:path";
import { ConfigError } from "../../shared/config.ts";
import { located } from "./locate.ts";
import { parsePolicy } from "./policy.ts";

Deno.test("located() finds a program in the absolute places of PATH alone, the first one first", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const place of ["a", "b"]) {
    await Deno.mkdir(`${folder}/${place}`);
    await Deno.copyFile("/bin/true", `${folder}/${place}/parley-test-program`);
  }
  const policy = parsePolicy({ allow: ["parley-test-program"] });
  const near = relative(Deno.cwd(), `${folder}/a`);
  assert.equal(
    located(policy, `${near}::.:${folder}/b/:${folder}/a`).programs[0]!.path,
    `${folder}/b/parley-test-program`,
  );
  for (const path of [near, "", ".", "/no/such"]) {
    assert.throws(
      () => located(policy, path),
      (error) => error instanceof ConfigError && /no program parley-test-program on PATH/.test(error.message),
      path,
    );
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readPolicyFile() looks at the folder it is started in for a file that is named from there", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${folder}/policy.json`, "{}");
  const read = async () => {
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--quiet",
        "--config",
        new URL("../../deno.json", import.meta.url).pathname,
        `import { readPolicyFile } from "${import.meta.resolve("./locate.ts")}";
        await readPolicyFile("policy.json").catch((error) => console.error(error.message));`,
      ],
      cwd: folder,
    }).output();
    return new TextDecoder().decode(stderr);
  };
  assert.doesNotMatch(await read(), /may write/);
  await Deno.chmod(folder, 0o777);
  assert.match(await read(), /everybody on this machine may write .*chmod o-w that folder/);
  await Deno.remove(folder, { recursive: true });
});
