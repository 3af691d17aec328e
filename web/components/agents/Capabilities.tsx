/** What an agent can do: the first of it, and the rest when asked. */
import { useState } from "preact/hooks";
import { counted } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function Capabilities({ names, most }: { names: readonly string[]; most: number }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const [isWhole, setWhole] = useState(false);
  if (names.length === 0) return <>{t.none}</>;
  const more = names.length - most;
  return (
    <>
      <ul class="tags">
        {names.slice(0, isWhole ? undefined : most).map((name, index) => (
          <li key={index} dir="auto">{oneLine(name)}</li>
        ))}
      </ul>
      {more > 0 && !isWhole && (
        <button type="button" class="plain-button" onClick={() => setWhole(true)}>
          {counted(t.showAllOf, more, language)}
        </button>
      )}
    </>
  );
}
