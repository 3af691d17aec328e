/** A button that copies a text, and says that it did. */
import { useState } from "preact/hooks";
import { Check, Copy } from "./icons.tsx";
import { useTexts } from "./Page.tsx";

export function CopyButton({ text }: { text: string }) {
  const t = useTexts("common");
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    }, () => {/* the text can still be selected */});
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={isCopied ? t.copied : t.copy}>
      {isCopied ? <Check /> : <Copy />}
    </button>
  );
}
