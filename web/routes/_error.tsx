/** What is shown when a page does not exist or fails. */
import { HttpError } from "fresh";
import { Mark } from "../components/ui/icons.tsx";
import { define } from "../define.ts";
import { textsOf } from "../lib/texts/languages.ts";

export default define.page(function ErrorPage({ error, state }) {
  const t = textsOf(state.language ?? "en").errorPage;
  const isNotFound = error instanceof HttpError && error.status === 404;
  return (
    <main id="main" class="welcome error-page" tabIndex={-1}>
      <Mark />
      <h1>{isNotFound ? t.notFound : t.failed}</h1>
      <p>{isNotFound ? t.notFoundText : t.failedText}</p>
      <p>
        <a class="button primary" href="/">{t.home}</a>
      </p>
    </main>
  );
});
