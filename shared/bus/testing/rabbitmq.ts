/** RabbitMQ for tests: virtual hosts of a test's own, so that tests neither see nor disturb anything else. */

const HOST = { hostname: "localhost", port: 5672 };

/** What a queue becomes when it is declared with no arguments. */
export type QueueType = "classic" | "quorum";

/**
 * Says what is missing to test on RabbitMQ; undefined when all is there. In CI nothing may be: tests are not left out
 * there, and fail when it is.
 */
export async function missingRabbit(): Promise<string | undefined> {
  if (Deno.env.get("CI") === "true") return undefined;
  try {
    await rabbitmqctl(["list_vhosts", "name"]);
    return undefined;
  } catch {
    return "needs RabbitMQ with rabbitmqctl";
  }
}

/** Exists in RabbitMQ, empty and open to `guest`, while the tests of the file that declared it run. */
export interface VirtualHost {
  readonly queueType: QueueType;
  /** Gives the URL by which a RabbitMQ reached at `port` shows this virtual host. */
  url(port?: number): string;
  /** Deletes a queue, as an operator would. */
  deleteQueue(queue: string): Promise<void>;
  /** Resolves with the type that RabbitMQ gave each queue, by the queue's name. */
  queueTypes(): Promise<Map<string, string>>;
}

/** The names of this test file's virtual hosts, and what their queues are. */
const declared = new Map<string, QueueType>();

/**
 * Declares a virtual host for tests of this file, which are not ignored. All of a file are made by one call before its
 * tests, and removed by another: each call of rabbitmqctl starts a machine of its own, which takes longer than most tests.
 */
export function virtualHost(queueType: QueueType): VirtualHost {
  if (declared.size === 0) {
    Deno.test.beforeAll(makeDeclared);
    Deno.test.afterAll(removeDeclared);
  }
  const name = `test-${queueType}-${crypto.randomUUID().slice(0, 8)}`;
  declared.set(name, queueType);
  return {
    queueType,
    url: (port = HOST.port) => `amqp://guest:guest@localhost:${port}/${name}`,
    deleteQueue: async (queue) => void await rabbitmqctl(["delete_queue", "-p", name, queue]),
    async queueTypes() {
      const rows = await rabbitmqctl(["list_queues", "-p", name, "name", "type", "--no-table-headers"]);
      return new Map(rows.trim().split("\n").map((row) => row.split("\t") as [string, string]));
    },
  };
}

async function makeDeclared(): Promise<void> {
  const names = [...declared.keys()];
  const everything = { configure: ".*", write: ".*", read: ".*" };
  const definitions = {
    vhosts: names.map((name) => ({ name, metadata: { default_queue_type: declared.get(name) } })),
    permissions: names.map((vhost) => ({ user: "guest", vhost, ...everything })),
  };
  await rabbitmqctl(["import_definitions"], JSON.stringify(definitions));
}

async function removeDeclared(): Promise<void> {
  const names = [...declared.keys()].map((name) => `<<"${name}">>`);
  await rabbitmqctl(["eval", `[rabbit_vhost:delete(Name, <<"tests">>) || Name <- [${names}]].`]);
}

async function rabbitmqctl(args: string[], input = ""): Promise<string> {
  const child = new Deno.Command("rabbitmqctl", {
    args: ["--quiet", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    // One that refuses to run does not read.
    new Blob([input]).stream().pipeTo(child.stdin).catch(() => {}),
  ]);
  const said = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`rabbitmqctl ${args[0]}: ${said(stderr) || said(stdout)}`);
  return said(stdout);
}
