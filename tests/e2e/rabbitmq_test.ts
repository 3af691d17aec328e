/** Everything on RabbitMQ with one command, and every process killed in the middle of a conversation. */
import { missingRabbit, virtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { answersOnceThoughKilled } from "./killing.ts";

const missing = await missingRabbit();
const host = missing ? undefined : virtualHost("classic");

Deno.test({
  name: `start on RabbitMQ loses and doubles nothing while each process is killed${
    missing ? ` (${missing})` : ""
  }`,
  ignore: missing !== undefined,
  fn: () => answersOnceThoughKilled(host!.url()),
});
