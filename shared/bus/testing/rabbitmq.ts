/** RabbitMQ for tests: a virtual host of a test's own, so that tests neither see nor disturb anything else. */

const HOST = { hostname: "localhost", port: 5672 };

/** Says what is missing to test on RabbitMQ; undefined when all is there. */
export async function missingRabbit(): Promise<string | undefined> {
  try {
    await rabbitmqctl("list_vhosts", "name");
    return undefined;
  } catch {
    return "needs RabbitMQ with rabbitmqctl";
  }
}

export interface VirtualHost extends AsyncDisposable {
  /** Gives the URL by which a RabbitMQ reached at `port` shows this virtual host. */
  url(port?: number): string;
  /** Deletes a queue, as an operator would. */
  deleteQueue(queue: string): Promise<void>;
}

/** Makes a virtual host, empty and open to `guest`, until it is disposed of. */
export async function openVirtualHost(queueType: "classic" | "quorum"): Promise<VirtualHost> {
  const name = `bus-${queueType}-${crypto.randomUUID().slice(0, 8)}`;
  await rabbitmqctl("add_vhost", name, "--default-queue-type", queueType);
  await rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
  return {
    url: (port = HOST.port) => `amqp://guest:guest@localhost:${port}/${name}`,
    deleteQueue: (queue) => rabbitmqctl("delete_queue", "-p", name, queue),
    [Symbol.asyncDispose]: () => rabbitmqctl("delete_vhost", name),
  };
}

async function rabbitmqctl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("rabbitmqctl", { args: ["--quiet", ...args] }).output();
  if (!success) throw new Error(`rabbitmqctl ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
}
