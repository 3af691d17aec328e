/** Reads what was said before, with patience for a server that is away for a moment. */
import { type ErrorCode, ParleyError, retryable } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";
import type { ConversationMessage } from "./context.ts";

const log = logOf("agent", "history");

/** How often a conversation is asked for while the server is away: for about 8 s, as long as it takes to start again. */
const HISTORY_TRIES = 8;
/** What says that there is nothing for this agent to read: refused, or a server that keeps no conversations. */
const NOTHING_TO_READ: ReadonlySet<ErrorCode> = new Set(["not_found", "forbidden", "unsupported_type"]);

/** Reads by `read`; an answer that only seems to know the conversation would be worse than none, so a failure is thrown. */
export async function readHistory(
  read: () => Promise<ConversationMessage[]>,
  conversationId: string,
  ending: AbortSignal,
): Promise<ConversationMessage[]> {
  for (let failures = 1;; failures++) {
    try {
      return await read();
    } catch (thrown) {
      const error = ParleyError.from(thrown);
      log.debug("The conversation {id} was not read: {reason}", {
        id: conversationId,
        reason: error.message,
      });
      if (NOTHING_TO_READ.has(error.code)) return [];
      const isLast = failures === HISTORY_TRIES || ending.aborted;
      if (isLast || !retryable(error.code)) throw unread(error);
      await pause(reconnectPauseMs(failures), ending);
    }
  }
}

function unread(cause: ParleyError): ParleyError {
  const sentence = "What was said before in this conversation could not be read. Asking again may help.";
  return new ParleyError(cause.code, sentence, { cause });
}
