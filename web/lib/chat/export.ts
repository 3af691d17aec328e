/** A conversation as people keep it: what was said, by whom and when, as Markdown. */
import type { Message } from "../../../shared/model/message.ts";
import type { Texts } from "../texts/texts.ts";
import { oneLine } from "../ui/plain_text.ts";
import { reasonOf } from "./chat.ts";
import { isQuestion } from "./entry.ts";
import type { WholeConversation } from "./whole_conversation.ts";

/** Writes the conversation; each message stands under a heading with its writer and its time. */
export function asMarkdown({ conversation, messages, names }: WholeConversation, t: Texts["chat"]): string {
  const texts = new Map(messages.map(({ message_id, text_payload }) => [message_id, text_payload]));
  const said = messages.flatMap((message) => {
    const text = textOf(message, texts);
    if (!text) return [];
    const who = message.message_type === "TEXT" && isQuestion(message)
      ? t.you
      : names[message.sender_id ?? ""] || message.sender_id || t.someone;
    return [`## ${heading(who)}${whenOf(message)}\n\n${text}\n`];
  });
  return [`# ${heading(conversation.title) || t.untitled}\n`, ...said].join("\n");
}

/** Gives what a file of that title is called, as RFC 8187 writes it. */
export function fileNameOf(title: string, extension: string): string {
  const name = oneLine(title.replace(/[/\\:*?"<>|.]+/g, " ")).slice(0, 80) || "conversation";
  return encodeURIComponent(`${name.toWellFormed()}.${extension}`).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** An error may bring back the text that it is about, or what was written until then; what it says itself is why. */
function textOf(
  message: Message,
  texts: ReadonlyMap<Message["message_id"], Message["text_payload"]>,
): string {
  const { message_type: type, text_payload: text, in_reply_to_message_id: about } = message;
  if (type !== "ERROR") return text ?? "";
  const own = texts.get(about ?? undefined) === text ? "" : text;
  return [own, reasonOf({ ...message, text_payload: "" })].filter(Boolean).join("\n\n");
}

function whenOf({ send_timestamp: at }: Message): string {
  return at ? ` · ${heading(at)}` : "";
}

/** A name must not become another element of the document. */
function heading(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>#|]/g, "\\$&");
}
