/** Remembers the language that a reader chose, and goes back to where they were. */
import { define } from "../define.ts";
import { isSpoken, LANGUAGE_COOKIE } from "../lib/texts/languages.ts";

const YEAR_S = 365 * 24 * 60 * 60;
/** Bytes of the form: a language and an address. */
const LONGEST_FORM = 16_384;

export const handler = define.handlers({
  async POST(ctx) {
    const length = Number(ctx.req.headers.get("content-length") ?? NaN);
    if (!(length <= LONGEST_FORM)) return ctx.text("This is no choice of a language.", { status: 413 });
    // A body that is no form chooses nothing.
    const form = await ctx.req.formData().catch(() => undefined);
    const [language = "", back = ""] = ["language", "back"].map((name) => String(form?.get(name) ?? ""));
    if (!isSpoken(language)) return ctx.text("This language is not spoken here.", { status: 400 });
    const response = ctx.redirect(wayBack(back, ctx.url), 303);
    response.headers.set(
      "set-cookie",
      `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`,
    );
    return response;
  },
});

/** Gives the path on this dashboard that `back` is; what a browser would read as another host leads to the beginning. */
function wayBack(back: string, here: URL): string {
  const url = back.startsWith("/") ? URL.parse(back, here) : null;
  if (url?.origin !== here.origin || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search;
}
