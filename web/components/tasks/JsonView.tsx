/** A value as text, cut while it is long: whatever an agent made, it is read and never run. */
import { useMemo, useState } from "preact/hooks";
import { jsonText } from "../../lib/tasks/json_shown.ts";
import { fill } from "../../lib/texts/fill.ts";
import { beginningOf, inert } from "../../lib/ui/plain_text.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

interface ViewProps {
  label: string;
  value: unknown;
}

export function JsonView({ label, value }: ViewProps) {
  const text = useMemo(() => jsonText(value), [value]);
  return <LongText label={label} text={text} />;
}

/** A text that may be very long, in a frame that scrolls. */
export function LongText(
  { label, text, isProse = false }: { label: string; text: string; isProse?: boolean },
) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const [isWhole, setWhole] = useState(false);
  const shown = useMemo(() => inert(isWhole ? text : beginningOf(text)), [text, isWhole]);
  const isCut = !isWhole && beginningOf(text).length < text.length;
  return (
    <div class={isProse ? "long-text prose" : "long-text"}>
      <CopyButton text={text} />
      <pre class="output" role="region" tabIndex={0} aria-label={label} dir="auto">{shown}{isCut && "…"}</pre>
      {isCut && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          {fill(t.showAll, { count: text.length.toLocaleString(language) })}
        </button>
      )}
    </div>
  );
}
