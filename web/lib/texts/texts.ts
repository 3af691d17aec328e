/** What a translation has to say: the shape of the English texts. */
import type { en } from "./en.ts";

export type Texts = Widened<typeof en>;
export type Section = keyof Texts;

/** A text that counts something: one form, or another (`Intl.PluralRules`; German and English have these two). */
export interface Counted {
  one: string;
  other: string;
}

export type Language = "en" | "de";

/** The texts of one language that a page takes along to the browser. */
export interface Speech {
  language: Language;
  texts: Partial<Texts>;
}

type Widened<T> = T extends string ? string : { readonly [Key in keyof T]: Widened<T[Key]> };
