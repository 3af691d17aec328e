/** Holds `.env.example` against the schemas, so that it lists what is read, all of it, as it is. */
import assert from "node:assert/strict";
import { agentSchema } from "../../agent/config.ts";
import { brokerSchema } from "../../broker/config.ts";
import { cliSchema } from "../../cli/config.ts";
import { serverConfigSchema } from "../../server/config.ts";
import { parseEnvFile } from "../../shared/environment.ts";
import { webConfigSchema } from "../../web/config.ts";

const SCHEMAS = {
  server: serverConfigSchema,
  broker: brokerSchema,
  agent: agentSchema,
  web: webConfigSchema,
  cli: cliSchema,
};
/** What is asked of a variable here, whichever process reads it. */
type Shape = Record<string, { safeParse(value: unknown): { success: boolean; data?: unknown } }>;
const SHAPES: Shape[] = Object.values(SCHEMAS).map(({ shape }) => shape);
const text = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
const given = parseEnvFile(text, ".env.example");
const examples = parseEnvFile(text.replace(/^#(?=[A-Z][A-Z0-9_]*=)/gm, ""), ".env.example");
const listed = Object.keys(examples);

for (const [name, schema] of Object.entries(SCHEMAS)) {
  Deno.test(`.env.example lists every variable of the ${name}`, () => {
    assert.deepEqual(Object.keys(schema.shape).filter((variable) => !listed.includes(variable)), []);
  });

  Deno.test(`.env.example gives the true defaults of the ${name}`, () => {
    assert.deepEqual(schema.parse(given), schema.parse({}));
  });

  Deno.test(`.env.example shows examples that the ${name} accepts`, () => {
    const filled = Object.fromEntries(Object.entries(examples).filter(([, value]) => value !== ""));
    assert.equal(schema.safeParse(filled).error, undefined);
  });
}

Deno.test(".env.example lists nothing that no process reads", () => {
  const read = new Set(Object.values(SCHEMAS).flatMap((schema) => Object.keys(schema.shape)));
  assert.deepEqual(listed.filter((variable) => !read.has(variable)), []);
});

Deno.test(".env.example comments out only what some process has no default for", () => {
  const isUnset = (variable: string) =>
    SHAPES.some((shape) => variable in shape && shape[variable]!.safeParse(undefined).data === undefined);
  assert.deepEqual(listed.filter((variable) => !(variable in given) && !isUnset(variable)), []);
});

const RANGE = /^#.*?(\d+) to (\d+)[^\n]*\n#?([A-Z][A-Z0-9_]*)=/gm;

Deno.test(".env.example gives the true ranges of numbers", () => {
  const ranges = [...text.matchAll(RANGE)];
  assert.ok(ranges.length >= 3);
  for (const [, least, most, variable] of ranges) {
    const field = SHAPES.find((shape) => variable! in shape)![variable!]!;
    const accepted = [Number(least) - 1, Number(least), Number(most), Number(most) + 1].map((value) =>
      field.safeParse(String(value)).success
    );
    assert.deepEqual(accepted, [false, true, true, false], `${variable}: ${least} to ${most}`);
  }
});

Deno.test(".env.example lists every variable once, and explains it in the line above", () => {
  const lines = text.split("\n");
  const assignments = lines.flatMap((line, at) => /^#?[A-Z][A-Z0-9_]*=/.test(line) ? [at] : []);
  assert.equal(assignments.length, listed.length);
  const bare = assignments.filter((at) => !/^# \S/.test(lines[at - 1] ?? ""));
  assert.deepEqual(bare.map((at) => lines[at]), []);
});
