/** Where a message is written, what is added to it, and whom it is for. */
import type { TargetedEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../../lib/chat/desk.ts";
import { draftFor, editKey, keepDraft, type KeptDraft } from "../../lib/chat/draft_keep.ts";
import type { Question } from "../../lib/chat/entry.ts";
import type { TextFile } from "../../lib/chat/text_file.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Close, Send, Stop } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";
import { Attach, FileList, type Files, useFiles } from "./Attachments.tsx";

/** Characters in one message: well below what the server takes, whatever they are. */
const LONGEST = 100_000;

interface Fields {
  message: HTMLTextAreaElement;
  to: HTMLSelectElement;
}

export function Composer({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const form = useRef<HTMLFormElement>(null);
  const files = useFiles();
  const [isTooLong, setTooLong] = useState(false);
  const fields = () => form.current!.elements as unknown as Fields;
  const keep = () => {
    const { message, to } = fields();
    const key = desk.editing.value ? editKey(desk.editing.value.id) : desk.id.value;
    keepDraft(desk.keep, key, { text: message.value, to: to.value });
  };
  useDraft(desk, fields, files);

  const submit = (event: Event) => {
    event.preventDefault();
    const { message, to } = fields();
    const text = message.value.trim();
    setTooLong(text.length > LONGEST);
    if ((!text && files.all.length === 0) || text.length > LONGEST) return;
    const edited = desk.editing.value;
    if (edited && desk.isOpen.value) desk.stop();
    keepDraft(desk.keep, edited ? editKey(edited.id) : desk.id.value, { text: "", to: "" });
    desk.editing.value = undefined;
    desk.ask({ text, files: files.all, to: to.value || undefined, replaces: edited?.id });
    message.value = "";
    files.set([]);
    // What was being written before the edit comes back by itself.
    if (!edited) keep();
    message.focus();
  };
  const problem = isTooLong ? fill(t.tooLong, { most: LONGEST }) : files.problem || desk.notice.value;

  return (
    <form
      class="composer"
      ref={form}
      // Sent before this page is at work, what was written stays where it is.
      method="dialog"
      onSubmit={submit}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => files.drop(event, event.dataTransfer)}
      aria-label={t.message}
    >
      <Editing desk={desk} />
      <FileList files={files} />
      <label class="hidden" for="message">{t.message}</label>
      <textarea
        id="message"
        name="message"
        rows={2}
        dir="auto"
        placeholder={t.placeholder}
        aria-describedby="message-hint"
        aria-invalid={isTooLong}
        autocomplete="off"
        onInput={({ currentTarget: { value } }) => {
          setTooLong(isTooLong && value.trim().length > LONGEST);
          keep();
        }}
        onPaste={(event) => files.drop(event, event.clipboardData)}
        onKeyDown={(event) => keyPressed(event, desk, form.current!)}
      />
      <div class="composer-row">
        <Attach files={files} />
        <label for="to">{t.to}</label>
        <Receivers desk={desk} onChange={keep} />
        <p id="message-hint" class="hint" role={problem ? "alert" : undefined}>{problem || t.hint}</p>
        {desk.isOpen.value && (
          <button
            type="button"
            class="button stop"
            aria-label={t.stop}
            title={t.stop}
            onClick={() => desk.stop()}
          >
            <Stop />
          </button>
        )}
        <button type="submit" class="button primary send" aria-label={t.send}>
          <Send />
        </button>
      </div>
    </form>
  );
}

/** Puts back what was written before, and while a question is written anew, that. */
function useDraft(desk: Desk, fields: () => Fields, files: Files): void {
  const editing = desk.editing.value;
  const aside = useRef<readonly TextFile[]>();
  useEffect(() => {
    const { message, to } = fields();
    const draft = editing ? editOf(editing, desk) : draftFor(desk.keep, desk.id.value);
    // What was typed before this page was at work is newer than what was kept.
    if (editing || !message.value) message.value = draft.text;
    if ([...to.options].some(({ value }) => value === draft.to)) to.value = draft.to;
    if (editing) {
      aside.current ??= files.all;
      files.set(editing.files);
      message.focus();
    } else if (aside.current) {
      files.set(aside.current);
      aside.current = undefined;
    }
  }, [editing]);
  useEffect(() => {
    // An edit that a reload interrupted goes on.
    const last = desk.last.value;
    if (last && draftFor(desk.keep, editKey(last.id)).text) desk.editing.value = last;
  }, []);
}

/** Gives what was made of a question so far. */
function editOf({ id, text, named = "" }: Question, desk: Desk): KeptDraft {
  const kept = draftFor(desk.keep, editKey(id));
  return kept.text ? kept : { text, to: named };
}

function Editing({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  if (!desk.editing.value) return null;
  const cancel = (event: TargetedEvent<HTMLElement>) => {
    const { message } = event.currentTarget.closest("form")!.elements as unknown as Fields;
    keepDraft(desk.keep, editKey(desk.editing.value!.id), { text: "", to: "" });
    message.value = "";
    desk.editing.value = undefined;
  };
  return (
    <p class="editing">
      <span>{t.editing}</span>
      <button type="button" class="copy" aria-label={t.cancelEdit} onClick={cancel}>
        <Close />
      </button>
    </p>
  );
}

/** Enter sends, unless it ends the writing of a character (IME) or begins a new line; ↑ in an empty field edits. */
function keyPressed(
  event: TargetedEvent<HTMLTextAreaElement, KeyboardEvent>,
  desk: Desk,
  form: HTMLFormElement,
): void {
  const { key, shiftKey, isComposing, keyCode } = event;
  if (isComposing || keyCode === 229) return;
  if (key === "Enter" && !shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  }
  if (key === "ArrowUp" && !event.currentTarget.value && desk.last.value) {
    event.preventDefault();
    desk.editing.value = desk.last.value;
  }
}

function Receivers({ desk, onChange }: { desk: Desk; onChange: () => void }) {
  const [t, common] = [useTexts("chat"), useTexts("common")];
  return (
    <select id="to" name="to" onChange={onChange}>
      <option value="">{t.brokerChooses}</option>
      {desk.agents.value.map(({ agent_id: id, agent_name: name, is_online }) => (
        <option key={id} value={id}>
          {oneLine(name) || id}
          {is_online ? "" : ` (${common.status.offline})`}
        </option>
      ))}
    </select>
  );
}
