/** Finds what somebody sent or received, however many messages there are. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** An index for each of the two, which has only the messages that name one. */
export const messagesByParticipant: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index messages_by_sender on messages (tenant_id, sender_id, position)
      where sender_id is not null`.execute(db);
    await sql`create index messages_by_receiver on messages (tenant_id, receiver_id, position)
      where receiver_id is not null`.execute(db);
  },
};
