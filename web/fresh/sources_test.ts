import { expect } from "expect";
import { bundleConfig, relativeImports, sourcesHash } from "./sources.ts";

async function inFolder(files: Record<string, string>, check: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${dir}/app`);
    for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(`${dir}/${path}`, text);
    await check(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("relativeImports() finds imports, exports, side effects and lazy imports of local files", () => {
  const code =
    `import a from "./a.ts"; import "../b.ts"; export * from './c.ts'; await import("./d.ts"); import e from "e";`;
  expect(relativeImports(code)).toEqual(["./a.ts", "../b.ts", "./c.ts", "./d.ts"]);
});

Deno.test("sourcesHash() changes with an imported file, the settings and the key, and with nothing else", async () => {
  const files = { "app/a.ts": 'import "./b.ts";', "app/b.ts": "1;", "app/c.ts": "1;", "deno.json": "{}" };
  await inFolder(files, async (dir) => {
    const hash = (key: string[] = []) => sourcesHash(`${dir}/app`, [`${dir}/app/a.ts`], key);
    const first = await hash();
    await Deno.writeTextFile(`${dir}/app/c.ts`, "2;");
    expect(await hash()).toBe(first);
    expect(await hash(["other"])).not.toBe(first);
    await Deno.writeTextFile(`${dir}/app/b.ts`, "2;");
    const second = await hash();
    expect(second).not.toBe(first);
    await Deno.writeTextFile(`${dir}/deno.json`, '{"imports":{}}');
    expect(await hash()).not.toBe(second);
  });
});

Deno.test("bundleConfig() takes the workspace's deno.json, or without a workspace the nearest", async () => {
  await inFolder({ "deno.json": '{"workspace":["./app"]}', "app/deno.json": "{}" }, async (dir) => {
    expect(await bundleConfig(`${dir}/app`)).toBe(`${dir}/deno.json`);
  });
  await inFolder({ "deno.json": "{}", "app/deno.json": "{}" }, async (dir) => {
    expect(await bundleConfig(`${dir}/app`)).toBe(`${dir}/app/deno.json`);
  });
});
