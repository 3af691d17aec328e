/** The conversations so far, newest first. */
import type { Desk } from "../../lib/chat/desk.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";

export function ConversationList({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const conversations = desk.conversations.value;
  const open = desk.chat.value.conversationId;
  return (
    <nav class="conversations" aria-labelledby="conversations-title">
      <h2 id="conversations-title">{t.conversations}</h2>
      {conversations.length === 0 && <p class="quiet">{t.noConversations}</p>}
      <ul>
        {conversations.map(({ conversation_id: id, title, updated_at: at }) => (
          <li key={id}>
            <a href={`/c/${encodeURIComponent(id)}`} aria-current={id === open ? "page" : undefined}>
              <span class="conversation-title">{oneLine(title) || t.untitled}</span>
              <Ago iso={at} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
