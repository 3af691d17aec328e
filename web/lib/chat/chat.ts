/** What a conversation looks like, worked out from the messages about it, in whatever order and however often they come. */
import { joinAttachments, splitAttachments } from "../../../shared/model/attachment.ts";
import type { Message } from "../../../shared/model/message.ts";
import { type Answer, type Entry, isQuestion, type Note, type Question, type Way } from "./entry.ts";
import { addPiece, finish } from "./answer.ts";

/** The entries of one conversation, in the order in which they are shown. */
export interface Chat {
  conversationId: string;
  entries: readonly Entry[];
  /** The errors that say why questions failed, by the question's id; one may come before its question. */
  failures: Readonly<Record<string, Message>>;
  /** The ids that the server is known to keep, in its order. */
  kept: readonly string[];
}

/** A page of messages, newest first; `next_cursor` says where those before it begin. */
interface Page {
  items: readonly Message[];
  next_cursor: string | null;
}

/** Begins an empty chat. */
export function emptyChat(conversationId: string): Chat {
  return { conversationId, entries: [], failures: {}, kept: [] };
}

/**
 * Takes one message in. Gives the same chat when it is of another conversation or says nothing new. The result does not
 * depend on the order of messages, save for the order of the entries; a message that comes twice changes nothing.
 */
export function take(chat: Chat, message: Message): Chat {
  const { message_type: type, message_id: id, conversation_id: conversationId } = message;
  if (!id || (conversationId && conversationId !== chat.conversationId)) return chat;
  if (!conversationId && !concerns(chat, message)) return chat;
  if (type === "TEXT" && isQuestion(message)) return takeQuestion(chat, message, id);
  if (type === "TEXT" || type === "REPLY") return answered(put(chat, answerFrom(chat, message, id)), message);
  if (type === "REPLY_CHUNK") return takeChunk(chat, message, id);
  if (type === "SYSTEM") {
    return put(chat, { kind: "note", id, text: message.text_payload ?? "" } satisfies Note);
  }
  if (type === "ERROR") return takeError(chat, message, id);
  return chat;
}

/**
 * Takes a page of the conversation as the server keeps it (newest first): the newest one, or with `earlier` the one
 * before all that were read. The server's order counts for what it keeps; what it has not got yet stays at the end.
 */
export function takePage(chat: Chat, items: readonly Message[], { earlier = false } = {}): Chat {
  const oldestFirst = items.toReversed();
  const whole = oldestFirst.reduce(take, chat);
  const page = oldestFirst.map(({ message_id }) => message_id ?? "");
  const inPage = new Set(page);
  const rest = chat.kept.filter((id) => !inPage.has(id));
  const kept = earlier ? [...page, ...rest] : [...rest, ...page];
  const place = new Map(kept.map((id, index) => [id, index]));
  const placeOf = ({ id }: Entry) => place.get(id) ?? kept.length;
  return { ...whole, kept, entries: whole.entries.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

/** Tells whether the newest page begins after all that was read, so that something may lie between. */
export function isApart({ kept }: Chat, { items, next_cursor }: Page): boolean {
  const isKnown = ({ message_id: id }: Message) => kept.includes(id ?? "");
  return next_cursor !== null && kept.length > 0 && !items.some(isKnown);
}

/** Forgets what the server keeps: what it has not got yet stays. */
export function withoutKept(chat: Chat): Chat {
  const kept = new Set(chat.kept);
  return { ...chat, kept: [], entries: chat.entries.filter(({ id }) => !kept.has(id)) };
}

/** Marks a question as failed for a reason found here, such as a frame that was too long to send. */
export function fail(chat: Chat, questionId: string, reason: string): Chat {
  return moved(chat, questionId, "failed", reason);
}

/** Tells whether a failed question had reached its agent: then it is the agent that could not answer. */
export function wasDelivered({ failures }: Chat, { id, to }: Question): boolean {
  return !!to && failures[id]?.sender_id === to;
}

/** How far each way is; its number is also how many of the first three steps were made. */
export const RANK: Record<Way, number> = {
  waiting: 0,
  pending: 1,
  routed: 2,
  delivered: 3,
  failed: 4,
  answered: 5,
};

function takeQuestion(chat: Chat, message: Message, id: string): Chat {
  const known = find(chat, id, "question");
  const failure = chat.failures[id] ?? (message.routing_status === "error" ? message : undefined);
  const way = further(known?.way ?? "waiting", wayOf(message));
  const { text, files } = message.text_payload
    ? splitAttachments(message.text_payload, message.attachments ?? [])
    : known ?? { text: "", files: [] };
  const question: Question = {
    kind: "question",
    id,
    text,
    files,
    sentAt: known?.sentAt || message.send_timestamp || "",
    to: chosen(message, known),
    named: known?.named ?? namedIn(message),
    way: [wayByAnswer(chat, id), failure ? "failed" as const : way].reduce(further, way),
    reason: failure ? reasonOf(failure) : known?.reason,
    replaces: message.replaces_message_id ?? known?.replaces,
  };
  return put(chat, question);
}

/** Tells how far a question must have come, by what is there of its answer. */
function wayByAnswer({ entries }: Chat, questionId: string): Way {
  const answer = entries.find((entry) => entry.kind === "answer" && entry.inReplyTo === questionId);
  if (answer?.kind !== "answer") return "waiting";
  return answer.text === undefined || answer.brokenOff ? "delivered" : "answered";
}

/** What the broker chose counts more than what was asked for. */
function chosen(message: Message, known: Question | undefined): string | undefined {
  const isNews = !known?.to || RANK[wayOf(message)] >= RANK[known.way];
  return (isNews && message.receiver_id) || known?.to || undefined;
}

/** Until a message is routed, its receiver is the one its writer named. */
function namedIn({ routing_status: status, receiver_id }: Message): string | undefined {
  return status === "routed" || status === "delivered" ? undefined : receiver_id ?? undefined;
}

function wayOf({ routing_status: status }: Message): Way {
  if (status === "error") return "failed";
  return status ?? "waiting";
}

function further(a: Way, b: Way): Way {
  return RANK[a] >= RANK[b] ? a : b;
}

function answerFrom(chat: Chat, message: Message, id: string): Answer {
  return finish(find(chat, id, "answer"), message, id);
}

function takeChunk(chat: Chat, message: Message, id: string): Chat {
  const known = find(chat, id, "answer");
  const next = addPiece(known, message, id);
  const told = next === known ? chat : put(chat, next);
  return message.in_reply_to_message_id ? moved(told, message.in_reply_to_message_id, "delivered") : told;
}

/** An answer says that its question arrived, and who answers it. */
function answered(chat: Chat, { in_reply_to_message_id: questionId }: Message): Chat {
  return questionId ? moved(chat, questionId, "answered") : chat;
}

/** An error fails its question; one that carries something else than the question keeps what was written of an answer. */
function takeError(chat: Chat, message: Message, id: string): Chat {
  const questionId = message.in_reply_to_message_id;
  if (!questionId) return put(chat, { kind: "note", id, text: reasonOf(message) });
  const told = moved(rememberFailure(chat, questionId, message), questionId, "failed", reasonOf(message));
  const known = find(told, id, "answer");
  const isAnswer = known || message.sender_id?.startsWith("agent_");
  if (!isAnswer || known?.text !== undefined) return told;
  if (!message.text_payload && !known) return told;
  if (carriesQuestion(message, find(told, questionId, "question"))) return told;
  return put(told, { ...finish(known, message, id), brokenOff: true });
}

/** An error brings back the whole text that it is about. */
function carriesQuestion({ text_payload: text }: Message, question: Question | undefined): boolean {
  return question !== undefined && text === joinAttachments(question.text, question.files).text_payload;
}

function rememberFailure(chat: Chat, questionId: string, message: Message): Chat {
  if (chat.failures[questionId]) return chat;
  return { ...chat, failures: { ...chat.failures, [questionId]: message } };
}

/** Gives why something failed, as an error says it for people. */
export function reasonOf(message: Message): string {
  return message.error_details || message.routing_status_message || message.text_payload || message.code ||
    "";
}

function moved(chat: Chat, id: string, to: Way, reason?: string): Chat {
  const known = find(chat, id, "question");
  if (!known) return chat;
  const way = further(known.way, to);
  if (way === known.way && (reason === undefined || known.reason !== undefined)) return chat;
  return put(chat, { ...known, way, reason: known.reason ?? reason });
}

/** Tells whether a message that names no conversation answers something here. */
function concerns(chat: Chat, { message_id: id, in_reply_to_message_id: questionId }: Message): boolean {
  return chat.entries.some((entry) => entry.id === id || entry.id === questionId);
}

function find<Kind extends Entry["kind"]>(
  chat: Chat,
  id: string,
  kind: Kind,
): Extract<Entry, { kind: Kind }> | undefined {
  const found = chat.entries.findLast((entry) => entry.id === id && entry.kind === kind);
  return found as Extract<Entry, { kind: Kind }> | undefined;
}

function put(chat: Chat, entry: Entry): Chat {
  const at = chat.entries.findLastIndex(({ id }) => id === entry.id);
  const entries = at < 0 ? [...chat.entries, entry] : chat.entries.with(at, entry);
  return { ...chat, entries };
}
