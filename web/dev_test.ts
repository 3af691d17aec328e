/** Shows what the commands of the development server do before they end. */
import { expect } from "expect";

const run = async (...args: string[]): Promise<[number, string, string]> => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${import.meta.dirname}/dev.ts`, ...args],
    signal: AbortSignal.timeout(60_000),
  });
  const { code, stdout, stderr } = await command.output();
  return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
};

Deno.test("dev.ts build makes the browser's code and ends", async () => {
  expect((await run("build"))[0]).toBe(0);
  const made = await Array.fromAsync(Deno.readDir(`${import.meta.dirname}/_fresh/client`));
  expect(made.length).toBeGreaterThan(0);
});

Deno.test("dev.ts --help explains itself, and an unknown argument is refused", async () => {
  expect((await run("--help")).slice(0, 2)).toEqual([0, expect.stringContaining("Usage:")]);
  const [code, , words] = await run("biuld");
  expect([code, words]).toEqual([2, 'Unknown argument "biuld". Try --help.\n']);
});
