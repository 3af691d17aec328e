import assert from "node:assert/strict";
import { ConfigError } from "./config.ts";
import { parseEnvFile, readEnvironment } from "./environment.ts";

Deno.test("parseEnvFile() reads assignments, comments, quotes and values over several lines", () => {
  const text = `# all\nA=1\nexport B="two words" # why\n\nC='x\ny'\nD=\n`;
  assert.deepEqual({ ...parseEnvFile(text) }, { A: "1", B: "two words", C: "x\ny", D: "" });
});

for (
  const [name, text, line] of [
    ["a line without =", "A=1\nnonsense\n", 2],
    ["a quote that is never closed", `A="1\nB=2`, 1],
    ["a name with a space", "MY NAME=1", 1],
  ] as const
) {
  Deno.test(`parseEnvFile() names the line of ${name}`, () => {
    assert.throws(() => parseEnvFile(text, "x.env"), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`^x\\.env, line ${line}:`));
      return true;
    });
  });
}

Deno.test("readEnvironment() takes a missing file for an empty one, and the environment before the file", async () => {
  const dir = await Deno.makeTempDir();
  try {
    assert.equal((await readEnvironment({ path: `${dir}/none` })).PATH, Deno.env.get("PATH"));
    await Deno.writeTextFile(`${dir}/.env`, "PATH=/wrong\nPARLEY_FROM_FILE=yes\n");
    const env = await readEnvironment({ path: `${dir}/.env` });
    assert.equal(env.PATH, Deno.env.get("PATH"));
    assert.equal(env.PARLEY_FROM_FILE, "yes");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
