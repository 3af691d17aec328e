/** Everything on PostgreSQL's queues with one command, and every process killed in the middle of a conversation. */
import { missingPostgres, openTestDatabase } from "../../shared/bus/testing/postgres.ts";
import { answersOnceThoughKilled } from "./killing.ts";

const missing = await missingPostgres();
/** In CI a missing PostgreSQL is a failure, not a reason to leave this out. */
const ignore = missing !== undefined && Deno.env.get("CI") !== "true";

Deno.test({
  name: `start on PostgreSQL loses and doubles nothing while each process is killed${
    ignore ? ` (${missing})` : ""
  }`,
  ignore,
  async fn() {
    await using database = await openTestDatabase();
    await answersOnceThoughKilled(database.url());
  },
});

Deno.test({
  name: `start on PostgreSQL, conversations included, loses and doubles nothing while each process is killed${
    ignore ? ` (${missing})` : ""
  }`,
  ignore,
  async fn() {
    await using database = await openTestDatabase();
    await answersOnceThoughKilled(database.url(), { DATABASE_URL: database.url() });
  },
});
