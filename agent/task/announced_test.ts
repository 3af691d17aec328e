import { strict as assert } from "node:assert";
import * as z from "zod";
import { MOST_ATTRIBUTE_BYTES, MOST_ATTRIBUTES } from "../../shared/model/agent.ts";
import { announced, type DescribedType } from "./announced.ts";

const described = (taskType: string, parameters?: unknown, description?: string): DescribedType => ({
  taskType,
  parameters: parameters as DescribedType["parameters"],
  description,
});

Deno.test("announced() writes what a task takes as JSON schema: what has a default may be left out", async () => {
  const parameters = z.object({
    width: z.int().min(1).describe("In pixels"),
    format: z.string().default("png"),
  });
  const attributes = await announced([described("resize", parameters, "Resizes an image.")]);
  assert.deepEqual(Object.keys(attributes), ["task_schema.resize", "task_description.resize"]);
  assert.equal(attributes["task_description.resize"], "Resizes an image.");
  const schema = JSON.parse(attributes["task_schema.resize"]!);
  assert.deepEqual(schema, {
    type: "object",
    properties: {
      width: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "In pixels" },
      format: { type: "string", default: "png" },
    },
    required: ["width"],
  });
});

const LEFT_OUT: [what: string, type: DescribedType][] = [
  ["nothing of a type without a schema", described("plain")],
  ["no schema that JSON cannot say", described("odd", z.object({ when: z.date() }))],
  ["no schema over 8 KiB", described("long", z.object({ text: z.string().describe("x".repeat(8_192)) }))],
  ["nothing of a schema that is none of zod's", described("own", { safeParse: () => ({ success: true }) })],
  ["nothing under a name that a server refuses", described("x".repeat(195), z.object({}))],
  ["nothing under a name that misleads", described("a\u202eb", z.object({}))],
];

for (const [what, type] of LEFT_OUT) {
  Deno.test(`announced() says ${what}`, async () => {
    assert.deepEqual(await announced([type]), {});
  });
}

Deno.test("announced() says no more than a server takes, and leaves room for what else is said", async () => {
  const short = Array.from({ length: 200 }, (_, index) => described(`t${index}`, z.object({}), "Does it."));
  const long = Array.from(
    { length: 20 },
    (_, index) => described(`t${index}`, z.object({ text: z.string().describe("é".repeat(3_500)) })),
  );
  for (const types of [short, long]) {
    const attributes = await announced(types);
    const count = Object.keys(attributes).length;
    assert.ok(count > 5 && count < MOST_ATTRIBUTES - 2, `${count}`);
    assert.ok(new TextEncoder().encode(JSON.stringify(attributes)).length < MOST_ATTRIBUTE_BYTES - 1_000);
  }
});

Deno.test("announced() says what is short though something before it was too long to be said", async () => {
  const long = z.object({ text: z.string().describe("é".repeat(3_500)) });
  const types = Array.from({ length: 8 }, (_, index) => described(`t${index}`, long));
  const attributes = await announced([...types, described("short", z.object({}))]);
  assert.equal(attributes["task_schema.t7"], undefined);
  assert.ok(attributes["task_schema.short"]);
});
