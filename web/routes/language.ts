/** Remembers the language that a reader chose, and goes back to where they were. */
import { define } from "../define.ts";
import { isSpoken, LANGUAGE_COOKIE } from "../lib/texts/languages.ts";

const YEAR_S = 365 * 24 * 60 * 60;

export const handler = define.handlers({
  async POST(ctx) {
    const form = await ctx.req.formData();
    const [language, back] = ["language", "back"].map((name) => String(form.get(name) ?? ""));
    if (!isSpoken(language!)) return ctx.text("This language is not spoken here.", { status: 400 });
    // One slash alone: a path here, and no other host.
    const response = ctx.redirect(/^\/(?![/\\])/.test(back!) ? back! : "/", 303);
    response.headers.set(
      "set-cookie",
      `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`,
    );
    return response;
  },
});
