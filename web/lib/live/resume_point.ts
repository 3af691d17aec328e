/** From which frame on a page that is opened anew needs them: all of a reply that is being written, nothing twice. */
import type { Message } from "../../../shared/model/message.ts";

/** The frames that a page has seen. */
export interface Seen {
  /** The newest frame's number. */
  last: number;
  /** For each reply that is being written, the number before its first frame. */
  open: Readonly<Record<string, number>>;
}

export const NOTHING_SEEN: Seen = { last: 0, open: {} };

/** Takes a frame in. */
export function saw(seen: Seen, { seq, message_type: type, message_id: id }: Message): Seen {
  if (typeof seq !== "number") return seen;
  const last = Math.max(seen.last, seq);
  if (!id) return { ...seen, last };
  const { [id]: since = seq - 1, ...open } = seen.open;
  return { last, open: type === "REPLY_CHUNK" ? { ...open, [id]: since } : open };
}

/** Gives the number to resume after when nothing of what was seen is there any more. */
export function resumePoint({ last, open }: Seen): number {
  return Math.min(last, ...Object.values(open));
}
