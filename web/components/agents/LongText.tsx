/** Somebody's text: its beginning, and all of it when asked. */
import { useState } from "preact/hooks";
import { counted } from "../../lib/texts/fill.ts";
import { beginningOf, inert } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

const FIRST = 600;

export function LongText({ text }: { text: string }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const [isWhole, setWhole] = useState(false);
  if (text === "") return null;
  const beginning = beginningOf(text, FIRST);
  const more = text.length - beginning.length;
  return (
    <div>
      <p class="entry-text" dir="auto">{inert(isWhole ? text : beginning)}</p>
      {more > 0 && !isWhole && (
        <button type="button" class="plain-button" onClick={() => setWhole(true)}>
          {counted(t.moreCharacters, more, language)}
        </button>
      )}
    </div>
  );
}
