/** Frames that are shown together share a row, one a line, each with its number and time. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const framesTogether: Migration = {
  async up(db: Kysely<unknown>) {
    const [seq, at, body] = ["seq", "at", "body"].map((name) => sql.ref(name));
    await sql`update frames set ${body} = concat(${seq}, ' ', ${at}, ' ', ${body})`.execute(db);
  },
};
