/** One dead letter in a list: what it says, why it was given up, where it was. */
import type { LetterItem } from "../../lib/system/letter_item.ts";
import type { Letters } from "../../lib/system/letters.ts";
import { pageOfQueue } from "../../lib/system/queues.ts";
import { fill } from "../../lib/texts/fill.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";

interface LetterEntryProps {
  item: LetterItem;
  letters: Letters;
}

/** Characters of a letter by which it is named. */
const MOST_NAME = 60;

export function LetterEntry({ item, letters }: LetterEntryProps) {
  const t = useTexts("system");
  const { id, reason, code, at } = item;
  const gist = oneLine(item.gist) || t.noBody;
  return (
    <li class="entry" data-letter={id}>
      <input
        type="checkbox"
        checked={letters.chosen.value.has(id)}
        disabled={!letters.live.value}
        onChange={({ currentTarget }) => letters.choose(id, currentTarget.checked)}
        aria-label={fill(t.choose, { name: gist.slice(0, MOST_NAME) })}
      />
      <div class="entry-text">
        <a class="entry-gist" href={`/system/dead-letters/${encodeURIComponent(id)}`} dir="auto">{gist}</a>
        <p dir="auto">{inert(reason)}</p>
        <p class="quiet entry-facts">
          <code>{oneLine(code)}</code>
          <QueueLink queue={item.queue} id={id} />
          <Ago iso={at} />
        </p>
      </div>
    </li>
  );
}

/** Names a queue, and leads to whose it is. */
export function QueueLink({ queue, id }: { queue: string; id: string }) {
  const href = pageOfQueue(queue, id);
  const name = <span dir="auto">{oneLine(queue)}</span>;
  return href ? <a href={href}>{name}</a> : name;
}
