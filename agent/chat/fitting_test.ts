import { strict as assert } from "node:assert";
import { joinAttachments, splitAttachments } from "../../shared/model/attachment.ts";
import { fitting } from "./fitting.ts";

const SHORT = { name: "short", text: "all of it" };
const LONG = { name: "long", text: "x".repeat(5_000) };
const LONGER = { name: "longer", text: "😀".repeat(5_000) };

Deno.test("fitting() gives what fits as it is", () => {
  const asked = joinAttachments("What?", [SHORT]);
  assert.equal(fitting(asked, 100), asked.text_payload);
});

Deno.test("fitting() leaves the question and short files whole, and cuts long ones until all fits", () => {
  const asked = joinAttachments("What?", [LONG, SHORT, LONGER]);
  const text = fitting(asked, 2_000);
  assert.ok(text.length <= 2_000 && text.length > 1_990, `${text.length}`);
  assert.ok(text.startsWith("What?\n\nFile: long\n\n```text\nxxx"));
  assert.ok(text.includes("File: short\n\n```text\nall of it\n```"));
  assert.ok(text.endsWith("😀\n[The rest of this file is left out: it is too long.]\n```"));
});

Deno.test("fitting() leaves alone what has no files, or files that are not where the message says", () => {
  assert.equal(fitting({ text_payload: "x".repeat(99) }, 9), "x".repeat(99));
  const asked = { ...joinAttachments("What?", [LONG]), attachments: [{ name: "long", length: 1 }] };
  assert.equal(fitting(asked, 100), asked.text_payload);
  assert.deepEqual(splitAttachments(asked.text_payload, asked.attachments).files, []);
});
