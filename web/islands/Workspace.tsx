/** The page: agents, conversations, and the one conversation that is open. */
import { useEffect, useMemo } from "preact/hooks";
import { AgentList } from "../components/AgentList.tsx";
import { Banner, LinkState } from "../components/Banner.tsx";
import { Composer } from "../components/Composer.tsx";
import { ConversationList } from "../components/ConversationList.tsx";
import { Close, Mark, Menu, Plus } from "../components/icons.tsx";
import { Log } from "../components/Log.tsx";
import { Desk, type FirstPaint } from "../lib/desk.ts";
import { oneLine } from "../lib/plain_text.ts";
import { texts } from "../lib/texts.ts";

export interface WorkspaceProps {
  first: FirstPaint;
  /** The server knows no conversation of this address. */
  isUnknown: boolean;
}

export default function Workspace({ first, isUnknown }: WorkspaceProps) {
  const desk = useMemo(() => new Desk(first), []);
  useEffect(() => desk.open(), []);
  return (
    <div class="desk" data-live={desk.live.value ? "yes" : undefined}>
      <header class="bar">
        <a class="brand" href="/">
          <Mark /> <span>{texts.title}</span>
        </a>
        <h1>{titleOf(desk)}</h1>
        <LinkState desk={desk} />
        <button type="button" class="icon-button menu" popovertarget="panel" aria-label={texts.menu}>
          <Menu />
        </button>
      </header>
      <aside id="panel" class="panel" popover="auto" aria-label={texts.menu}>
        <div class="panel-head">
          <a class="button new" href="/">
            <Plus /> {texts.newConversation}
          </a>
          <button
            type="button"
            class="icon-button shut"
            popovertarget="panel"
            popovertargetaction="hide"
            aria-label={texts.close}
          >
            <Close />
          </button>
        </div>
        <AgentList desk={desk} />
        <ConversationList desk={desk} />
      </aside>
      <main id="main" class="talk" tabIndex={-1}>
        <Banner desk={desk} />
        <Log desk={desk} isUnknown={isUnknown} />
        <Composer desk={desk} />
      </main>
    </div>
  );
}

function titleOf(desk: Desk): string {
  const { conversationId } = desk.chat.value;
  const found = desk.conversations.value.find(({ conversation_id: id }) => id === conversationId);
  return oneLine(found?.title ?? "") || texts.newConversation;
}
