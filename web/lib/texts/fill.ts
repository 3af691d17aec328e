/** Puts values into texts. */
import type { Counted, Language } from "./texts.ts";

/** Puts `values` where `text` names them in braces; a name without a value stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

/** Says how many there are, in the form that the language has for that number. */
export function counted(forms: Counted, count: number, language: Language): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? forms.one : forms.other;
  return fill(form, { count: count.toLocaleString(language) });
}
