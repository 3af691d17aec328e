/** Where a message is written, and to whom. */
import { useRef, useState } from "preact/hooks";
import type { Desk } from "../../lib/chat/desk.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { fill } from "../../lib/texts/fill.ts";
import { useTexts } from "../ui/Page.tsx";
import { Send } from "../ui/icons.tsx";

/** Characters in one message: well below what the server takes, whatever they are. */
const LONGEST = 100_000;

export function Composer({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const form = useRef<HTMLFormElement>(null);
  const [isTooLong, setTooLong] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const { message, to } = form.current!.elements as unknown as Fields;
    const text = message.value.trim();
    setTooLong(text.length > LONGEST);
    if (!text || text.length > LONGEST) return;
    desk.ask(text, { to: to.value || undefined });
    message.value = "";
    message.focus();
  };
  return (
    <form class="composer" ref={form} onSubmit={submit} aria-label={t.message}>
      <label class="hidden" for="message">{t.message}</label>
      <textarea
        id="message"
        name="message"
        rows={2}
        placeholder={t.placeholder}
        aria-describedby="message-hint"
        aria-invalid={isTooLong}
        autocomplete="off"
        onKeyDown={(event) => {
          if (!sends(event)) return;
          event.preventDefault();
          form.current!.requestSubmit();
        }}
      />
      <div class="composer-row">
        <label for="to">{t.to}</label>
        <Receivers desk={desk} />
        <p id="message-hint" class="hint" role={isTooLong ? "alert" : undefined}>
          {isTooLong ? fill(t.tooLong, { most: LONGEST }) : t.hint}
        </p>
        <button type="submit" class="button primary send" aria-label={t.send}>
          <Send />
        </button>
      </div>
    </form>
  );
}

interface Fields {
  message: HTMLTextAreaElement;
  to: HTMLSelectElement;
}

/** Enter sends, unless it ends the writing of a character (IME) or begins a new line. */
function sends(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

function Receivers({ desk }: { desk: Desk }) {
  const [t, common] = [useTexts("chat"), useTexts("common")];
  return (
    <select id="to" name="to">
      <option value="">{t.brokerChooses}</option>
      {desk.agents.value.map(({ agent_id: id, agent_name: name, is_online }) => (
        <option key={id} value={id}>
          {oneLine(name) || id}
          {is_online ? "" : ` (${common.status.offline})`}
        </option>
      ))}
    </select>
  );
}
