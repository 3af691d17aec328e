/** What every page begins with. */
import { define } from "../define.ts";
import { serverTexts } from "../lib/texts.ts";

export default define.layout(function Layout({ Component }) {
  return (
    <>
      <a class="skip" href="#main">{serverTexts.skip}</a>
      <Component />
    </>
  );
});
