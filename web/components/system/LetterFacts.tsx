/** Why a dead letter was given up, when, and what it belongs to. */
import type { ComponentChildren } from "preact";
import type { WholeLetter } from "../../lib/system/letter_item.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { QueueLink } from "./LetterEntry.tsx";

export function LetterFacts({ letter }: { letter: WholeLetter }) {
  const t = useTexts("system");
  const { id, queue, code, reason, at, conversationId } = letter;
  return (
    <dl class="facts card letter-facts">
      <Fact name={t.reason} isWide>
        <span dir="auto">{inert(reason)}</span>
      </Fact>
      <Fact name={t.code}>
        <code>{oneLine(code)}</code>
      </Fact>
      <Fact name={t.queue}>
        <QueueLink queue={queue} id={id} />
      </Fact>
      <Fact name={t.given}>
        <Ago iso={at} />
      </Fact>
      <Fact name={t.id}>
        <code>{oneLine(id)}</code>
      </Fact>
      {conversationId && (
        <Fact name={t.conversation}>
          <a href={`/c/${encodeURIComponent(conversationId)}`}>
            <code>{oneLine(conversationId)}</code>
          </a>
        </Fact>
      )}
    </dl>
  );
}

interface FactProps {
  name: string;
  isWide?: boolean;
  children: ComponentChildren;
}

function Fact({ name, isWide, children }: FactProps) {
  return (
    <div class={isWide ? "wide" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
