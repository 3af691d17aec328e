/** The languages there are, on the server: which one a reader wants, and the texts that a page needs of it. */
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Language, Section, Speech, Texts } from "./texts.ts";

const LANGUAGES: Readonly<Record<Language, Texts>> = { en, de };

export const LANGUAGE_COOKIE = "parley_language";

/** Tells whether the dashboard speaks `language`. */
export function isSpoken(language: string): language is Language {
  return Object.hasOwn(LANGUAGES, language);
}

/** Gives the languages other than `language`, each by its own name. */
export function otherLanguages(language: Language): { language: Language; name: string }[] {
  const others = (Object.keys(LANGUAGES) as Language[]).filter((each) => each !== language);
  return others.map((each) => ({ language: each, name: nameOf(each) }));
}

function nameOf(language: Language): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language)!;
}

/** Gives the texts of a language. */
export function textsOf(language: Language): Texts {
  return LANGUAGES[language];
}

/** Gives what an island says: the sections named, in one language. */
export function speechOf(language: Language, sections: readonly Section[]): Speech {
  const texts = textsOf(language);
  return { language, texts: Object.fromEntries(sections.map((section) => [section, texts[section]])) };
}

/** Chooses what a reader chose (a cookie), or else the language spoken here that the browser prefers (RFC 9110, 12.5.4). */
export function languageFor(headers: Headers): Language {
  const chosen = /(?:^|;\s*)parley_language=(\w+)/.exec(headers.get("cookie") ?? "")?.[1] ?? "";
  if (isSpoken(chosen)) return chosen;
  const wanted = (headers.get("accept-language") ?? "").slice(0, 500).split(",").map(weighed);
  const best = wanted.filter(({ language, weight }) => weight > 0 && isSpoken(language))
    .sort((a, b) => b.weight - a.weight)[0];
  return best ? best.language as Language : "en";
}

function weighed(range: string): { language: string; weight: number } {
  const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  const weight = Number(parameters.find((part) => part.startsWith("q="))?.slice(2) ?? 1);
  return { language: tag.split("-")[0]!, weight: isNaN(weight) ? 0 : weight };
}
