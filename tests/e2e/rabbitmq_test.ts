/** Everything on RabbitMQ with one command, and every process killed in the middle of a conversation. */
import { missingRabbit, openVirtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { answersOnceThoughKilled } from "./killing.ts";

const missing = await missingRabbit();
/** In CI a missing RabbitMQ is a failure, not a reason to leave this out. */
const ignore = missing !== undefined && Deno.env.get("CI") !== "true";

Deno.test({
  name: `start on RabbitMQ loses and doubles nothing while each process is killed${
    ignore ? ` (${missing})` : ""
  }`,
  ignore,
  async fn() {
    await using host = await openVirtualHost("classic");
    await answersOnceThoughKilled(host.url());
  },
});
