/** What every page stands in: the way to the other pages, and to what is on this one. */
import { Rail } from "../components/ui/Rail.tsx";
import { define } from "../define.ts";
import Palette from "../islands/Palette.tsx";
import { modKeyOf } from "../lib/palette/mod_key.ts";
import { otherLanguages, textsOf } from "../lib/texts/languages.ts";

export default define.layout(function Layout({ Component, state: { language }, url, req }) {
  const { frame, palette, common: { status } } = textsOf(language);
  const languages = otherLanguages(language);
  const mod = modKeyOf(req.headers.get("user-agent"));
  return (
    <div class="frame">
      <a class="skip" href="#main">{frame.skip}</a>
      <Rail t={frame} url={url} mod={mod} languages={languages} />
      <Component />
      <Palette words={{ language, frame, palette, status }} mod={mod} languages={languages} />
    </div>
  );
});
