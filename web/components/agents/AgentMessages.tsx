/** What an agent sent and received, in whichever conversation. */
import type { Message } from "../../../shared/model/message.ts";
import type { AgentDesk } from "../../lib/agents/agent_desk.ts";
import type { PagedList } from "../../lib/agents/paged_list.ts";
import { nameOf } from "../../lib/live/roster.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { LongText } from "./LongText.tsx";
import { PagedSection } from "./PagedSection.tsx";

interface MessagesProps {
  list: PagedList<Message>;
  desk: AgentDesk;
}

export function AgentMessages({ list, desk }: MessagesProps) {
  const t = useTexts("agents");
  const empty = (
    <div class="empty">
      <h2>{t.noMessages}</h2>
    </div>
  );
  return (
    <PagedSection id="messages-title" title={t.viewNames.messages} list={list} empty={empty}>
      {(messages) => (
        <ul class="card entries">
          {messages.map((message) => (
            <Row key={`${message.message_id} ${message.message_type}`} message={message} desk={desk} />
          ))}
        </ul>
      )}
    </PagedSection>
  );
}

function Row({ message, desk }: { message: Message; desk: AgentDesk }) {
  const t = useTexts("agents");
  const { sender_id, receiver_id, conversation_id: conversation, send_timestamp: at } = message;
  const isSent = sender_id === desk.first.id;
  const other = (isSent ? receiver_id : sender_id) ?? "";
  const name = oneLine(nameOf(desk.roster.agents.value, other) ?? other);
  return (
    <li data-message={message.message_id}>
      <p class="entry-head">
        <strong>{isSent ? t.sent : t.received}</strong>
        {name && <span dir="auto">{fill(isSent ? t.to : t.from, { name })}</span>}
        <span class="quiet">{oneLine(message.message_type)}</span>
        <span class="quiet entry-time">{at && <Ago iso={at} />}</span>
      </p>
      <LongText text={message.text_payload ?? ""} />
      {conversation && (
        <p class="quiet">
          <a href={`/c/${encodeURIComponent(conversation)}`}>{t.toConversation}</a>
        </p>
      )}
    </li>
  );
}
