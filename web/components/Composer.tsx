/** Where a message is written, and to whom. */
import { useRef, useState } from "preact/hooks";
import type { Desk } from "../lib/desk.ts";
import { oneLine } from "../lib/plain_text.ts";
import { texts } from "../lib/texts.ts";
import { Send } from "./icons.tsx";

/** Characters in one message: well below what the server takes, whatever they are. */
const LONGEST = 100_000;

export function Composer({ desk }: { desk: Desk }) {
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
    <form class="composer" ref={form} onSubmit={submit} aria-label={texts.message}>
      <label class="hidden" for="message">{texts.message}</label>
      <textarea
        id="message"
        name="message"
        rows={2}
        placeholder={texts.placeholder}
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
        <label for="to">{texts.to}</label>
        <Receivers desk={desk} />
        <p id="message-hint" class="hint" role={isTooLong ? "alert" : undefined}>
          {isTooLong ? texts.tooLong(LONGEST) : texts.hint}
        </p>
        <button type="submit" class="button primary send" aria-label={texts.send}>
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
  return (
    <select id="to" name="to">
      <option value="">{texts.brokerChooses}</option>
      {desk.agents.value.map(({ agent_id: id, agent_name: name, is_online }) => (
        <option key={id} value={id}>
          {oneLine(name) || id}
          {is_online ? "" : ` (${texts.status.offline})`}
        </option>
      ))}
    </select>
  );
}
