import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { joinAttachments, splitAttachments, type TextFile } from "./attachment.ts";

Deno.test("joinAttachments() puts each file behind the text, with its name, in a block that a model reads", () => {
  const files = [{ name: "a.ts", text: "let a;" }, { name: "notes.md", text: "# Notes\n```\nb\n```" }];
  assert.deepEqual(joinAttachments("What is this?", files), {
    text_payload: "What is this?\n\nFile: a.ts\n\n```text\nlet a;\n```" +
      "\n\nFile: notes.md\n\n````text\n# Notes\n```\nb\n```\n````",
    attachments: [{ name: "a.ts", length: 6 }, { name: "notes.md", length: 17 }],
  });
});

const NAMES: [given: string, name: string][] = [
  ["a\nb\r\n\tc.txt ", "a b c.txt"],
  ["\u001b[31mred", "[31mred"],
  ["x\u202egpj.exe", "x gpj.exe"],
  ["", "file"],
  [" \n", "file"],
  ["x".repeat(300), "x".repeat(200)],
  ["x".repeat(199) + "😀", "x".repeat(199)],
  ["half \ud800", "half \ufffd"],
];

for (const [given, name] of NAMES) {
  Deno.test(`joinAttachments() names ${JSON.stringify(given.slice(0, 20))} on one line`, () => {
    const { text_payload, attachments } = joinAttachments("", [{ name: given, text: "t" }]);
    assert.deepEqual(attachments, [{ name, length: 1 }]);
    assert.deepEqual(splitAttachments(text_payload, attachments), { text: "", files: [{ name, text: "t" }] });
  });
}

/** Texts that would end a block, or look like another file, if anything could. */
const tricky = fc.array(
  fc.oneof(
    fc.constantFrom("`", "```", "````text", "~~~", "\n", "\r", "\n\nFile: b\n\n", "\ud800", "😀"),
    fc.string({ unit: "binary" }),
  ),
).map((parts) => parts.join(""));
const name = fc.string({ unit: "grapheme", maxLength: 30 });

Deno.test("splitAttachments() gives back what joinAttachments() was given, whatever that is", () => {
  fc.assert(
    fc.property(tricky, fc.array(fc.record({ name, text: tricky }), { maxLength: 4 }), (text, files) => {
      const { text_payload, attachments } = joinAttachments(text, files);
      const split = splitAttachments(text_payload, attachments);
      const named = files.map((file, index) => ({ ...file, name: attachments[index]!.name }));
      assert.deepEqual(split, { text, files: named });
    }),
  );
});

Deno.test("the text of a file never ends its block", () => {
  fc.assert(fc.property(tricky, (text) => {
    const { text_payload } = joinAttachments("", [{ name: "a", text }]);
    const [opening = ""] = /`{3,}text\n/.exec(text_payload) ?? [];
    const fence = opening.slice(0, -"text\n".length);
    const inside = text_payload.slice(text_payload.indexOf(opening) + opening.length, -fence.length);
    assert.ok(text_payload.endsWith(`\n${fence}`) && !inside.includes(fence));
  }));
});

const whole = joinAttachments("Look:", [{ name: "a", text: "one" }, { name: "b", text: "two" }]);
const [a, b] = whole.attachments as [TextFile & { length: number }, TextFile & { length: number }];
const MISFITS: [what: string, attachments: Parameters<typeof splitAttachments>[1]][] = [
  ["nothing that is said", undefined],
  ["null", null],
  ["a length that is too short", [a, { ...b, length: 2 }]],
  ["a length that is too long", [a, { ...b, length: 4 }]],
  ["a length beyond the text", [a, { ...b, length: 1e9 }]],
  ["a negative length", [a, { ...b, length: -1 }]],
  ["no length", [a, { name: "b" }]],
  ["another name", [a, { ...b, name: "c" }]],
  ["a name of two lines", [a, { ...b, name: "b\n" }]],
  ["another order", [b, a]],
  ["one file too many", [a, a, b]],
  ["what is no attachment", [a, null]],
];

for (const [what, attachments] of MISFITS) {
  Deno.test(`splitAttachments() takes all for text with ${what}`, () => {
    assert.deepEqual(splitAttachments(whole.text_payload, attachments), {
      text: whole.text_payload,
      files: [],
    });
  });
}

Deno.test("splitAttachments() finds the last file alone where the first is not named", () => {
  const { text, files } = splitAttachments(whole.text_payload, [b]);
  assert.deepEqual(files, [{ name: "b", text: "two" }]);
  assert.equal(text, "Look:\n\nFile: a\n\n```text\none\n```");
});

Deno.test("splitAttachments() and joinAttachments() bear a text that is nothing but fences", () => {
  const hostile = "`".repeat(300_000);
  assert.deepEqual(splitAttachments(`${hostile}x`, [a]).files, []);
  const files = [{ name: "a", text: "```\n".repeat(200_000) }];
  const { text_payload, attachments } = joinAttachments(hostile, files);
  assert.deepEqual(splitAttachments(text_payload, attachments), { text: hostile, files });
});
