import { expect } from "expect";
import { textsOf } from "../texts/languages.ts";
import { modKeyOf } from "./mod_key.ts";
import { type KeyPress, type ModKey, SHORTCUTS, written } from "./shortcuts.ts";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  keyCode: 0,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...held,
});

const CASES: [press: KeyPress, before: string, mod: ModKey, keys: string][] = [
  [press("k", { ctrlKey: true }), "", "ctrlKey", "Mod+K"],
  [press("K", { ctrlKey: true }), "", "ctrlKey", "Mod+K"],
  [press("k", { metaKey: true }), "", "metaKey", "Mod+K"],
  [press("k", { ctrlKey: true }), "", "metaKey", ""],
  [press("k", { metaKey: true }), "", "ctrlKey", ""],
  [press("K", { ctrlKey: true, shiftKey: true }), "", "ctrlKey", ""],
  [press("n", { ctrlKey: true }), "", "ctrlKey", ""],
  [press("n", { altKey: true }), "", "ctrlKey", ""],
  [press("?", { shiftKey: true }), "", "ctrlKey", "?"],
  [press("g"), "", "ctrlKey", "g"],
  [press("t"), "g", "ctrlKey", "g t"],
  [press("t"), "n", "ctrlKey", "t"],
  [press("g"), "g g", "ctrlKey", "g"],
  [press("n", { isComposing: true }), "", "ctrlKey", ""],
  [press("n", { keyCode: 229 }), "", "ctrlKey", ""],
];

Deno.test("written() writes a key press as the table does, and what an input method takes not at all", () => {
  for (const [press, before, mod, keys] of CASES) {
    expect([press, before, mod, written(press, before, mod)]).toEqual([press, before, mod, keys]);
  }
});

Deno.test("no two shortcuts have the same keys, none begins another, and each has a name to list", () => {
  const keys = SHORTCUTS.map(({ keys }) => keys);
  const begun = keys.filter((each) => keys.some((other) => other !== each && other.startsWith(`${each} `)));
  expect([new Set(keys).size, begun]).toEqual([keys.length, []]);
  const texts: Record<string, unknown> = { ...textsOf("en").frame, ...textsOf("en").palette };
  expect(SHORTCUTS.filter(({ name }) => typeof texts[name] !== "string")).toEqual([]);
});

Deno.test("modKeyOf() is ⌘ on Apple's systems, and Ctrl anywhere else", () => {
  const cases: [userAgent: string | null, mod: ModKey][] = [
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "metaKey"],
    ["Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "metaKey"],
    ["Mozilla/5.0 (X11; Linux x86_64)", "ctrlKey"],
    ["", "ctrlKey"],
    [null, "ctrlKey"],
  ];
  for (const [userAgent, mod] of cases) expect([userAgent, modKeyOf(userAgent)]).toEqual([userAgent, mod]);
});
