import { expect } from "expect";
import { openKeep } from "../live/keep.ts";
import { draftFor, keepDraft } from "./draft_keep.ts";
import { LONGEST_FILE, readTextFile } from "./text_file.ts";

const file = (content: BlobPart) => new File([content], "a.txt");

Deno.test("readTextFile() takes text in UTF-8, and says why it does not take other files", async () => {
  expect(await readTextFile(file("Grüße\n"))).toEqual({ name: "a.txt", text: "Grüße\n" });
  expect(await readTextFile(file(""))).toEqual({ name: "a.txt", text: "" });
  expect(await readTextFile(file(new Uint8Array([0xff, 0xfe])))).toBe("notText");
  expect(await readTextFile(file("a\0b"))).toBe("notText");
  expect(await readTextFile(file("x".repeat(LONGEST_FILE)))).toEqual(
    expect.objectContaining({ name: "a.txt" }),
  );
  expect(await readTextFile(file("x".repeat(LONGEST_FILE + 1)))).toBe("tooLarge");
});

Deno.test("drafts are kept for each conversation, and forgotten when empty; what is no draft is none", () => {
  const keep = openKeep(() => {
    throw new Error("no storage");
  });
  keepDraft(keep, "conv_1", { text: "half a", to: "agent_a" });
  expect(draftFor(keep, "conv_1")).toEqual({ text: "half a", to: "agent_a" });
  expect(draftFor(keep, "")).toEqual({ text: "", to: "" });
  keepDraft(keep, "conv_1", { text: "", to: "" });
  expect(keep.keys()).toEqual([]);
  keep.setItem("parley.draft.conv_1", "null");
  expect(draftFor(keep, "conv_1")).toEqual({ text: "", to: "" });
});
