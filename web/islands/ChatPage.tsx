/** The chat: agents, conversations, and the one conversation that is open. */
import { useEffect, useMemo } from "preact/hooks";
import { AgentList } from "../components/chat/AgentList.tsx";
import { ChatBar } from "../components/chat/ChatBar.tsx";
import { Composer } from "../components/chat/Composer.tsx";
import { ConversationList } from "../components/chat/ConversationList.tsx";
import { Log } from "../components/chat/Log.tsx";
import { Banner } from "../components/ui/Banner.tsx";
import { Close, Plus } from "../components/ui/icons.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { Desk, type FirstPaint } from "../lib/chat/desk.ts";
import type { Speech } from "../lib/texts/texts.ts";

export interface ChatPageProps {
  speech: Speech;
  first: FirstPaint;
  /** The server knows no conversation of this address. */
  isUnknown: boolean;
}

export default function ChatPage({ speech, ...props }: ChatPageProps) {
  return (
    <Page speech={speech} now={props.first.now}>
      <Chat {...props} />
    </Page>
  );
}

function Chat({ first, isUnknown }: Omit<ChatPageProps, "speech">) {
  const t = useTexts("chat");
  const common = useTexts("common");
  const desk = useMemo(() => new Desk(first, t), []);
  useEffect(() => desk.open(), []);
  return (
    <div class="desk" data-live={desk.live.value ? "yes" : undefined}>
      <ChatBar desk={desk} />
      <aside id="panel" class="panel" popover="auto" aria-label={t.menu}>
        <div class="panel-head">
          <a class="button new" href="/">
            <Plus /> {t.newConversation}
          </a>
          <button
            type="button"
            class="icon-button shut"
            popovertarget="panel"
            popovertargetaction="hide"
            aria-label={common.close}
          >
            <Close />
          </button>
        </div>
        <AgentList desk={desk} />
        <ConversationList desk={desk} />
      </aside>
      <main id="main" class="talk" tabIndex={-1}>
        <Banner link={desk.link} onRetry={() => desk.retry()} />
        <Log desk={desk} isUnknown={isUnknown} />
        <Composer desk={desk} />
      </main>
    </div>
  );
}
