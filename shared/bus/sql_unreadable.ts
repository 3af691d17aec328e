/** What becomes of a row that cannot be read: a dead letter, or it would hold up its key for as long as its reader lives. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import type { Envelope } from "./bus.ts";
import { deadLetterOf } from "./dead_letter.ts";
import { bodyOf } from "./sql_row.ts";
import type { Settling } from "./sql_settling.ts";
import type { ClaimedRow } from "./sql_wire.ts";

const log = logOf("bus", "sql");

/** A claimed row that was not written by `toRow`. */
export interface Unreadable {
  queue: string;
  row: ClaimedRow;
}

/** Makes its dead letter, with its body and its position in the table. */
export function deadLetterOfRow({ queue, row }: Unreadable): Envelope {
  const envelope: Envelope = { id: `row_${row.position}`, body: bodyOf(row), headers: {} };
  const reason = `The message at position ${row.position} of the table has a head that cannot be read.`;
  return deadLetterOf({ queue, envelope, attempt: row.attempts }, { code: "invalid_message", reason });
}

/** Publishes its dead letter, and only then removes it: a crash in between doubles and never loses. Never rejects. */
export async function giveUp(
  unreadable: Unreadable,
  publish: (queue: string, envelope: Envelope) => Promise<void>,
  settling: Pick<Settling, "add">,
): Promise<void> {
  const { queue, row: { position } } = unreadable;
  log.error("The message {position} of {queue} cannot be read; it goes to the dead letters", {
    queue,
    position,
  });
  try {
    await publish(DEAD_LETTER_QUEUE, deadLetterOfRow(unreadable));
    settling.add("removed", position);
  } catch (error) {
    log.error("The message {position} of {queue} is not taken as a dead letter", { queue, position, error });
    // What is never taken stays claimed: it would only come again and again.
    if (ParleyError.from(error).code === "unavailable") settling.add("returned", position);
  }
}
