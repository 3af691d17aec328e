/** Names with values that an agent says of itself: the first of them, and the rest when asked. */
import { useState } from "preact/hooks";
import { counted } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

const FIRST = 20;

export function Pairs({ title, pairs }: { title: string; pairs: Readonly<Record<string, string>> }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const [isWhole, setWhole] = useState(false);
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  const more = entries.length - FIRST;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <ul class="pairs">
          {entries.slice(0, isWhole ? undefined : FIRST).map(([name, value]) => (
            <li key={name} dir="auto">
              <span class="quiet">{oneLine(name)}</span> {oneLine(String(value)) || t.none}
            </li>
          ))}
        </ul>
        {more > 0 && !isWhole && (
          <button type="button" class="plain-button" onClick={() => setWhole(true)}>
            {counted(t.showAllOf, more, language)}
          </button>
        )}
      </dd>
    </>
  );
}
