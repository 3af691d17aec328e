/** The floor: the same hops as the chat path, each process doing nothing but passing the message on. */
import amqp from "amqplib";
import { Buffer } from "node:buffer";

const [role, url, port] = Deno.args;
const PREFETCH = 64;

/** Reads `queue`, and acknowledges each message once what `work` published for it is confirmed. */
async function relay(
  channel: amqp.ConfirmChannel,
  queue: string,
  work: (body: string) => [string, string] | void,
) {
  await channel.assertQueue(queue, { durable: true });
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (delivery) => {
    if (!delivery) return;
    const next = work(delivery.content.toString());
    if (!next) return channel.ack(delivery);
    channel.publish("", next[0], Buffer.from(next[1]), { persistent: true }, () => channel.ack(delivery));
  });
}

async function run(role: string, url: string, port: number): Promise<void> {
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  if (role === "server") await serve(channel, port);
  if (role === "broker") {
    await relay(channel, "broker_input_queue", (body) => ["server_input_queue", routed(body)]);
  }
  if (role === "agent") {
    await relay(channel, "agent_queue_bare", (body) => ["broker_input_queue", answered(body)]);
  }
  console.log("ready");
}

function routed(body: string): string {
  const message = JSON.parse(body);
  return JSON.stringify({ ...message, receiver_id: message.receiver_id ?? "bare", routing_status: "routed" });
}

function answered(body: string): string {
  const message = JSON.parse(body);
  return JSON.stringify({
    ...message,
    message_type: "REPLY",
    receiver_id: message.sender_id,
    in_reply_to_message_id: message.message_id,
  });
}

async function serve(channel: amqp.ConfirmChannel, port: number): Promise<void> {
  await channel.assertQueue("broker_input_queue", { durable: true });
  await channel.assertQueue("agent_queue_bare", { durable: true });
  let client: WebSocket | undefined;
  await relay(channel, "server_input_queue", (body) => {
    const message = JSON.parse(body);
    if (message.message_type !== "REPLY") return ["agent_queue_bare", body];
    client?.send(body);
  });
  Deno.serve({ port, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => client = socket;
    socket.onmessage = ({ data }) => {
      const body = JSON.stringify({ ...JSON.parse(data), sender_id: "web_bare" });
      channel.publish("", "broker_input_queue", Buffer.from(body), { persistent: true });
    };
    return response;
  });
}

if (import.meta.main) await run(role!, url!, Number(port ?? 0));
