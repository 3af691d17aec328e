/** Remembers the language that a reader chose, and goes back to where they were. */
import { define } from "../define.ts";
import { isSpoken, LANGUAGE_COOKIE } from "../lib/texts/languages.ts";

const YEAR_S = 365 * 24 * 60 * 60;

export const handler = define.handlers({
  async POST(ctx) {
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
