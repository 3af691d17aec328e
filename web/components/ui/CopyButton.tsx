/** A button that copies a text, and says whether it did: a browser may refuse, and without TLS it does. */
import { useState } from "preact/hooks";
import { Alert, Check, Copy } from "./icons.tsx";
import { useTexts } from "./Page.tsx";

export function CopyButton({ text }: { text: string }) {
  const t = useTexts("common");
  const [said, say] = useState<"copy" | "copied" | "notCopied">("copy");
  const copy = async () => {
    say(await written(text) ? "copied" : "notCopied");
    setTimeout(() => say("copy"), 2_000);
  };
  const Icon = { copy: Copy, copied: Check, notCopied: Alert }[said];
  return (
    <button
      type="button"
      class="copy"
      onClick={copy}
      aria-label={t[said]}
      title={said === "notCopied" ? t.notCopied : undefined}
    >
      <Icon />
    </button>
  );
}

async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
