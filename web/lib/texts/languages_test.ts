import { expect } from "expect";
import { en } from "./en.ts";
import { languageFor, otherLanguages, speechOf, textsOf } from "./languages.ts";
import type { Language } from "./texts.ts";

const LANGUAGES: Language[] = ["en", "de"];

/** Lists every text with its place, and the names of the values in it. */
function placesOf(value: unknown, path = ""): [path: string, names: string[]][] {
  if (typeof value === "string") return [[path, [...value.matchAll(/\{\w+\}/g)].map(String).sort()]];
  return Object.entries(value as object).flatMap(([key, each]) => placesOf(each, `${path}.${key}`));
}

for (const language of LANGUAGES) {
  Deno.test(`every text of ${language} has the values that the English one has, and says something`, () => {
    expect(placesOf(textsOf(language))).toEqual(placesOf(en));
    expect(JSON.stringify(textsOf(language))).not.toContain('""');
  });
}

Deno.test("languageFor() goes by the cookie, then by what the browser prefers, and knows English at least", () => {
  const cases: [headers: Record<string, string>, language: Language][] = [
    [{}, "en"],
    [{ "accept-language": "fr-FR, *;q=0.5" }, "en"],
    [{ "accept-language": "en;q=0.8, fr" }, "en"],
    [{ "accept-language": ";;;,=,q=" }, "en"],
    [{ "accept-language": "de" }, "de"],
    [{ "accept-language": "de-AT, en;q=0.9" }, "de"],
    [{ "accept-language": "DE-ch" }, "de"],
    [{ "accept-language": "en;q=0.5, fr, de;q=0.7" }, "de"],
    [{ "accept-language": "de;q=0.7, en" }, "en"],
    [{ "accept-language": "de;q=0" }, "en"],
    [{ "accept-language": "den, deutsch" }, "en"],
    [{ cookie: "parley_language=xx" }, "en"],
    [{ cookie: "parley_language=xx", "accept-language": "de" }, "de"],
    [{ cookie: "parley_language=de", "accept-language": "en" }, "de"],
    [{ cookie: "a=b; parley_language=en", "accept-language": "de" }, "en"],
  ];
  for (const [headers, language] of cases) {
    expect([headers, languageFor(new Headers(headers))]).toEqual([headers, language]);
  }
});

Deno.test("speechOf() gives the sections that are asked for, and no other", () => {
  expect(Object.keys(speechOf("en", ["common", "chat"]).texts)).toEqual(["common", "chat"]);
});

Deno.test("otherLanguages() names each in itself, and leaves out the one that is spoken", () => {
  expect(otherLanguages("de")).toEqual([{ language: "en", name: "English" }]);
  expect(otherLanguages("en")).toEqual([{ language: "de", name: "Deutsch" }]);
});
