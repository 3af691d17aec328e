/** What is shown when a page does not exist or fails. */
import { HttpError } from "fresh";
import { Mark } from "../components/icons.tsx";
import { define } from "../define.ts";
import { serverTexts as texts } from "../lib/texts.ts";

export default define.page(function ErrorPage({ error }) {
  const status = error instanceof HttpError ? error.status : 500;
  return (
    <main id="main" class="welcome error-page" tabIndex={-1}>
      <Mark />
      <h1>{texts.errorTitle(status)}</h1>
      <p>{texts.errorText(status)}</p>
      <p>
        <a class="button primary" href="/">{texts.home}</a>
      </p>
    </main>
  );
});
