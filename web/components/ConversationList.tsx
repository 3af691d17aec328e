/** The conversations so far, newest first. */
import type { Desk } from "../lib/desk.ts";
import { oneLine } from "../lib/plain_text.ts";
import { texts } from "../lib/texts.ts";
import { Ago } from "./Time.tsx";

export function ConversationList({ desk }: { desk: Desk }) {
  const conversations = desk.conversations.value;
  const open = desk.chat.value.conversationId;
  return (
    <nav class="conversations" aria-labelledby="conversations-title">
      <h2 id="conversations-title">{texts.conversations}</h2>
      {conversations.length === 0 && <p class="quiet">{texts.noConversations}</p>}
      <ul>
        {conversations.map(({ conversation_id: id, title, updated_at: at }) => (
          <li key={id}>
            <a href={`/c/${encodeURIComponent(id)}`} aria-current={id === open ? "page" : undefined}>
              <span class="conversation-title">{oneLine(title) || texts.untitled}</span>
              <Ago iso={at} desk={desk} />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
