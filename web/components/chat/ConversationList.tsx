/** The conversations so far, newest first, and the way to find one. */
import type { Desk } from "../../lib/chat/desk.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";

export function ConversationList({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const common = useTexts("common");
  const items = desk.list.items.value;
  const open = desk.id.value;
  return (
    <nav class="conversations" aria-labelledby="conversations-title">
      <h2 id="conversations-title">{t.conversations}</h2>
      <form class="search" role="search" method="get" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          name="q"
          class="input"
          defaultValue={desk.list.query.peek()}
          placeholder={t.searchConversations}
          aria-label={t.searchConversations}
          autocomplete="off"
          maxLength={200}
          data-search
          onInput={(event) => desk.list.search(event.currentTarget.value)}
        />
      </form>
      {items.length === 0 && (
        <p class="quiet" role="status">{desk.list.query.value ? t.noneFound : t.noConversations}</p>
      )}
      <ul>
        {items.map(({ conversation_id: id, title, updated_at: at }) => (
          <li key={id}>
            <a href={`/c/${encodeURIComponent(id)}`} aria-current={id === open ? "page" : undefined}>
              <span class="conversation-title" dir="auto">{oneLine(title) || t.untitled}</span>
              <Ago iso={at} />
            </a>
          </li>
        ))}
      </ul>
      {desk.list.hasMore.value && (
        <button type="button" class="button" onClick={() => desk.list.more()}>{common.more}</button>
      )}
    </nav>
  );
}
