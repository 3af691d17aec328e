/** A button that copies a text, and says that it did. */
import { useState } from "preact/hooks";
import { texts } from "../lib/texts.ts";
import { Check, Copy } from "./icons.tsx";

export function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    }, () => {/* the text can still be selected */});
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={isCopied ? texts.copied : texts.copy}>
      {isCopied ? <Check /> : <Copy />}
    </button>
  );
}
