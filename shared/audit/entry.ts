/** What stands on one line of a log file: the fields of the user's document by their names, and a few more behind them. */

/** What is logged of a message. Both ways of naming its ends are taken: the wire's, and those of `AgentMessage`. */
export interface LoggedMessage {
  message_id?: string | null | undefined;
  message_type?: string | null | undefined;
  sender_id?: string | null | undefined;
  receiver_id?: string | null | undefined;
  from_agent?: string | null | undefined;
  to_agent?: string | null | undefined;
  conversation_id?: string | null | undefined;
  in_reply_to_message_id?: string | null | undefined;
  code?: string | null | undefined;
  error_details?: string | null | undefined;
  text_payload?: string | null | undefined;
  content?: unknown;
}

/** One entry, as it is written. */
export type Entry = Readonly<Record<string, unknown>>;

/** When something happened, ISO 8601, and which process says so. */
export interface Stamp {
  readonly timestamp: string;
  readonly source: string;
}

/** Makes the entry of what happened to a message. What it says is in it only `withBodies`. */
export function messageEntry(
  event: string,
  message: LoggedMessage,
  options: Stamp & { withBodies: boolean },
): Entry {
  const { timestamp, source, withBodies } = options;
  return {
    message_id: message.message_id ?? null,
    from_agent: message.sender_id ?? message.from_agent ?? null,
    to_agent: message.receiver_id ?? message.to_agent ?? null,
    message_type: message.message_type ?? null,
    event,
    timestamp,
    source,
    conversation_id: message.conversation_id ?? undefined,
    in_reply_to_message_id: message.in_reply_to_message_id ?? undefined,
    code: message.code ?? undefined,
    error_details: message.error_details ?? undefined,
    text_payload: withBodies ? message.text_payload ?? undefined : undefined,
    content: withBodies ? message.content ?? undefined : undefined,
  };
}

/** Characters that JSON leaves as they are and some readers, or terminals, take for the end of a line or more. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;

/** Writes an entry as one line, its line feed included; undefined for what JSON cannot say. */
export function lineOf(entry: Entry): string | undefined {
  try {
    const text = JSON.stringify(entry);
    return `${text.search(UNSAFE) < 0 ? text : text.replace(UNSAFE, escaped)}\n`;
  } catch {
    return undefined;
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
