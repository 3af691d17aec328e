/** The name of the open conversation, and what can be done with all of it. */
import { useEffect, useState } from "preact/hooks";
import type { Desk } from "../../lib/chat/desk.ts";
import { keepDraft } from "../../lib/chat/draft_keep.ts";
import { ask } from "../../lib/live/api.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { LinkState } from "../ui/Banner.tsx";
import { useConfirm } from "../ui/Confirm.tsx";
import { Menu, More } from "../ui/icons.tsx";
import { useModal } from "../ui/modal.ts";
import { useTexts } from "../ui/Page.tsx";

export function ChatBar({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const common = useTexts("common");
  const id = desk.id.value;
  const title = oneLine(desk.title.value ?? "");
  useEffect(() => {
    if (title) document.title = `${title} · ${common.title}`;
  }, [title]);
  return (
    <header class="bar">
      <h1 dir="auto">{title || t.newConversation}</h1>
      {desk.title.value !== undefined && <Actions desk={desk} id={id} title={title} />}
      <LinkState link={desk.link} />
      <button type="button" class="icon-button menu" popovertarget="panel" aria-label={t.menu}>
        <Menu />
      </button>
    </header>
  );
}

function Actions({ desk, id, title }: { desk: Desk; id: string; title: string }) {
  const t = useTexts("chat");
  const { run, failure } = useAction();
  const confirm = useConfirm();
  const [isRenaming, setRenaming] = useState(false);
  const path = `/api/conversations/${encodeURIComponent(id)}`;
  const rename = (to: string) =>
    run(async () => {
      await ask(path, { method: "PATCH", body: { title: to } });
      desk.title.value = to;
      desk.list.readSoon();
    });
  const remove = async () => {
    const text = fill(t.deleteText, { title: title || t.untitled });
    if (!await confirm.ask({ title: t.deleteTitle, text, action: t.delete })) return;
    if (!await run(() => ask(path, { method: "DELETE" }))) return;
    keepDraft(desk.keep, id, { text: "", to: "" });
    location.assign("/");
  };
  return (
    <>
      {failure && <p class="failure-line" role="alert">{failure}</p>}
      <button
        type="button"
        class="icon-button"
        popovertarget="conversation-menu"
        aria-label={t.conversationMenu}
      >
        <More />
      </button>
      <div id="conversation-menu" class="menu-list" popover="auto" onClick={hide}>
        <button type="button" onClick={() => setRenaming(true)}>{t.rename}</button>
        <a href={`/c/${encodeURIComponent(id)}/export?as=markdown`} download>{t.exportMarkdown}</a>
        <a href={`/c/${encodeURIComponent(id)}/export?as=json`} download>{t.exportJson}</a>
        <button type="button" class="bad" onClick={remove}>{t.delete}</button>
      </div>
      {isRenaming && <Rename title={title} onDone={rename} onClosed={() => setRenaming(false)} />}
      {confirm.dialog}
    </>
  );
}

/** Whatever was chosen, the menu has done its part. */
function hide(event: Event): void {
  (event.currentTarget as HTMLElement).hidePopover();
}

interface RenameProps {
  title: string;
  onDone: (title: string) => void;
  onClosed: () => void;
}

function Rename({ title, onDone, onClosed }: RenameProps) {
  const t = useTexts("chat");
  const common = useTexts("common");
  const { props, close } = useModal(onClosed);
  const submit = (event: Event) => {
    const { value } = (event.currentTarget as HTMLFormElement).elements.namedItem(
      "title",
    ) as HTMLInputElement;
    if (value.trim()) onDone(value.trim());
  };
  return (
    <dialog class="dialog" aria-labelledby="rename-title" {...props}>
      <form method="dialog" onSubmit={submit}>
        <h2 id="rename-title">{t.rename}</h2>
        <input
          class="input"
          name="title"
          defaultValue={title}
          maxLength={200}
          required
          autofocus
          aria-label={t.newTitle}
          autocomplete="off"
        />
        <p class="dialog-buttons">
          <button type="button" class="button" onClick={() => close()}>{common.cancel}</button>
          <button type="submit" class="button primary">{t.rename}</button>
        </p>
      </form>
    </dialog>
  );
}
