/** What went wrong lately, so that people see it without reading logs: the newest, in memory of this server. */
import { type ErrorCode, isErrorCode, ParleyError } from "../../shared/error.ts";
import { prefixOf } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { Page } from "../../shared/store/store.ts";
import { type Clock, systemClock } from "../presence/clock.ts";
import { safeText } from "./safe_text.ts";

/** Names what can go wrong. */
export const KINDS_OF_ERROR = ["message", "task", "command", "dead_letter", "server"] as const;

/** What is said of something that went wrong; whatever is not known is left out. */
export interface NotedError {
  what: typeof KINDS_OF_ERROR[number];
  text: string | null | undefined;
  /** What is no code of ours is passed over. */
  code?: string | null | undefined;
  id?: string | null | undefined;
  /** The first of them that is an agent's id is meant. */
  agents?: readonly (string | null | undefined)[];
  conversationId?: string | null | undefined;
}

/** Where it is said that something went wrong. It never throws. */
export interface ErrorNotes {
  note(error: NotedError): void;
}

export interface RecentError {
  at: string;
  code: ErrorCode | null;
  what: NotedError["what"];
  id: string | null;
  text: string;
  agent_id: string | null;
  conversation_id: string | null;
}

const MOST_ERRORS = 200;
/** Characters of an id: whoever writes to the queues may write anything. */
const LONGEST_ID = 200;

/** Remembers the newest 200. */
export class RecentErrors implements ErrorNotes {
  /** The oldest first. */
  readonly #errors: { number: number; error: RecentError }[] = [];
  #noted = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  note({ what, text, code, id, agents = [], conversationId }: NotedError): void {
    const error = {
      at: timestamp(this.clock.now()),
      code: isErrorCode(code) ? code : null,
      what,
      id: idOf(id),
      text: safeText(text ?? ""),
      agent_id: idOf(agents.find((each) => each && prefixOf(each) === "agent")),
      conversation_id: idOf(conversationId),
    };
    this.#errors.push({ number: ++this.#noted, error });
    if (this.#errors.length > MOST_ERRORS) this.#errors.shift();
  }

  /**
   * Lists them, newest first. A cursor goes on where its page ended, whatever has gone wrong since. Throws
   * `invalid_message` for a cursor that none of ours is.
   */
  list({ limit, cursor }: { limit: number; cursor?: string | undefined }): Page<RecentError> {
    const below = cursor === undefined ? Infinity : numberOf(cursor);
    const older = this.#errors.filter(({ number }) => number < below).reverse();
    const shown = older.slice(0, limit);
    return {
      items: shown.map(({ error }) => error),
      next_cursor: older.length > limit ? String(shown.at(-1)?.number) : null,
    };
  }
}

function idOf(id: string | null | undefined): string | null {
  return id ? id.slice(0, LONGEST_ID).toWellFormed() : null;
}

function numberOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new ParleyError("invalid_message", "Field 'cursor': use the next_cursor of an earlier page.");
}
