/** Everything on Redis with one command, and every process killed in the middle of a conversation. */
import { missingRedis, openRedisPlace } from "../../shared/bus/testing/redis.ts";
import { answersOnceThoughKilled } from "./killing.ts";

const missing = await missingRedis();
/** In CI a missing Redis is a failure, not a reason to leave this out. */
const ignore = missing !== undefined && Deno.env.get("CI") !== "true";

Deno.test({
  name: `start on Redis loses and doubles nothing while each process is killed${
    ignore ? ` (${missing})` : ""
  }`,
  ignore,
  async fn() {
    await using place = openRedisPlace();
    await answersOnceThoughKilled(place.url());
  },
});
