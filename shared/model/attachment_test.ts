import { expect } from "expect";
import fc from "../testing/property.ts";
import { joinAttachments, splitAttachments } from "./attachment.ts";

const content = fc.array(fc.constantFrom("a", "`", "```", "\n", "File: x", "\u{1f600}", " "), {
  maxLength: 12,
})
  .map((parts) => parts.join(""));
const file = fc.record({ name: fc.constantFrom("a.txt", "b `c`.md", "```", "File: d"), text: content });

Deno.test("what was joined comes apart as it was, whatever stands in it", () => {
  fc.assert(fc.property(content, fc.array(file, { maxLength: 3 }), (text, files) => {
    const { text_payload, attachments } = joinAttachments(text, files);
    expect(splitAttachments(text_payload, attachments)).toEqual({ text, files });
  }));
});

Deno.test("a file stands in the text as a block that nothing in it ends, under its name on one line", () => {
  const { text_payload } = joinAttachments("Why?", [{ name: "a\nb\u202e.md", text: "x\n```\ny" }]);
  expect(text_payload).toBe("Why?\n\nFile: a b .md\n````\nx\n```\ny\n````");
});

Deno.test("where the text does not end as it is said to, all of it is text", () => {
  const { text_payload, attachments } = joinAttachments("Why?", [{ name: "a", text: "b" }]);
  for (const odd of [[{ name: "a", length: 2 }], [{ name: "c", length: 1 }], [{ name: "a", length: 1e9 }]]) {
    expect(splitAttachments(text_payload, odd)).toEqual({ text: text_payload, files: [] });
  }
  expect(splitAttachments("", attachments)).toEqual({ text: "", files: [] });
  expect(splitAttachments("`".repeat(300_000) + "x", attachments).files).toEqual([]);
});
