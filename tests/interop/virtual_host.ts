// A virtual host of RabbitMQ for one test, with classic queues or with quorum queues by default.

const SERVER = "localhost:5672";

/** Names what a queue becomes when it is declared with no arguments. */
export type QueueKind = "classic" | "quorum";

/** Exists in RabbitMQ, empty and open to `guest`, until it is disposed. */
export class VirtualHost implements AsyncDisposable {
  private constructor(readonly name: string, readonly kind: QueueKind) {}

  static async create(kind: QueueKind): Promise<VirtualHost> {
    const host = new VirtualHost(`interop-${kind}-${crypto.randomUUID().slice(0, 8)}`, kind);
    await rabbitmqctl("add_vhost", host.name, "--default-queue-type", kind);
    await rabbitmqctl("set_permissions", "-p", host.name, "guest", ".*", ".*", ".*");
    return host;
  }

  get url(): string {
    return `amqp://guest:guest@${SERVER}/${this.name}`;
  }

  /** Resolves with the type that RabbitMQ gave each queue, by the queue's name. */
  async queueTypes(): Promise<Map<string, string>> {
    const rows = await rabbitmqctl("list_queues", "-p", this.name, "name", "type", "--no-table-headers");
    return new Map(rows.trim().split("\n").map((row) => row.split("\t") as [string, string]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rabbitmqctl("delete_vhost", this.name);
  }
}

/** Says what is missing to make virtual hosts, or nothing when all is there. */
export async function missingRabbit(): Promise<string | undefined> {
  try {
    await rabbitmqctl("list_vhosts", "name");
  } catch (error) {
    return `RabbitMQ with rabbitmqctl (${(error as Error).message.split("\n")[0]})`;
  }
}

async function rabbitmqctl(...args: string[]): Promise<string> {
  const command = new Deno.Command("rabbitmqctl", { args: ["--quiet", ...args] });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`rabbitmqctl ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
