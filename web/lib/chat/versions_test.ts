import { expect } from "expect";
import { emptyChat } from "./chat.ts";
import type { Entry } from "./entry.ts";
import { shownOf } from "./versions.ts";

const question = (id: string, replaces?: string): Entry => ({
  kind: "question",
  id,
  text: id,
  files: [],
  sentAt: "",
  way: "answered",
  replaces,
});
const answer = (id: string): Entry => ({
  kind: "answer",
  id: `re_${id}`,
  from: "agent_a",
  inReplyTo: id,
  sentAt: "",
  pieces: [],
  attempt: 0,
  text: id,
});
const shown = (entries: Entry[], chosen?: Record<string, string>) =>
  shownOf({ ...emptyChat("conv_1"), entries }, chosen).entries.map(({ id }) => id);

Deno.test("shownOf() shows the newest version of a question with its answer, or the one that was chosen", () => {
  const entries = [
    question("a"),
    answer("a"),
    question("b", "a"),
    answer("b"),
    question("c", "b"),
    answer("c"),
  ];
  expect(shown(entries)).toEqual(["c", "re_c"]);
  expect(shown(entries, { a: "b" })).toEqual(["b", "re_b"]);
  expect(shown(entries, { a: "of another conversation" })).toEqual(["c", "re_c"]);
});

Deno.test("shownOf() knows versions of a question that was read on no page yet", () => {
  expect(shown([question("b", "a"), answer("b"), question("c", "a")])).toEqual(["c"]);
  expect(shown([question("b", "a"), answer("b")])).toEqual(["b", "re_b"]);
});

Deno.test("shownOf() says which versions there are, oldest first, and gives the entries themselves without any", () => {
  const plain = { ...emptyChat("conv_1"), entries: [question("a"), answer("a")] };
  expect(shownOf(plain).entries).toBe(plain.entries);
  const { versions } = shownOf({ ...plain, entries: [question("a"), question("b", "a")] });
  expect(versions.get("b")).toEqual({ root: "a", ids: ["a", "b"] });
});
