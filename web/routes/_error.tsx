/** What is shown when a page does not exist, is refused or fails. */
import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { Mark } from "../components/ui/icons.tsx";
import { define } from "../define.ts";
import { textsOf } from "../lib/texts/languages.ts";
import { logOf } from "../../shared/log.ts";

export default define.page(function ErrorPage({ error, state }) {
  const status = error instanceof HttpError ? error.status : 500;
  // Nobody else hears of it: the page is all that the reader gets.
  if (status === 500) logOf("web").error("A page failed: {error}", { error });
  const { errorPage: t, common } = textsOf(state.language);
  const kind = kindOf(status);
  return (
    <main id="main" class="error-page" tabIndex={-1}>
      <Head>
        <title>{`${t[kind]} · ${common.title}`}</title>
      </Head>
      <Mark />
      <h1>{t[kind]}</h1>
      <p>{t[`${kind}Text`]}</p>
      <a class="button primary" href="/">{t.home}</a>
    </main>
  );
});

function kindOf(status: number): "notFound" | "forbidden" | "unavailable" | "failed" {
  if (status === 403) return "forbidden";
  if (status === 503) return "unavailable";
  return status < 500 ? "notFound" : "failed";
}
