/** The two ways to ask for tasks and to hear of their ends: by gRPC, as the library does it, and by the bus. */
import { Connection } from "../../agent/connection.ts";
import { Agent } from "../../agent/mod.ts";
import { openBus } from "../../shared/bus/open.ts";
import { newId } from "../../shared/model/id.ts";
import { agentQueue, SERVER_INPUT_QUEUE } from "../../shared/model/queue.ts";

/** More than are on their way at once, so that no answer waits for the one before. */
const ANSWERS_AT_ONCE = 500;

export interface Asked {
  task_id: string;
  task_type: string;
  parameters: Record<string, unknown>;
}

export interface Asker {
  /** Resolves once the tasks cannot be lost. */
  submit(asked: Asked[]): Promise<void>;
  stop(): Promise<void>;
}

export type OnEnded = (taskId: string, status: string) => void;

/** Asks by calls, and watches the ends. */
export async function askByCall(server: string, onEnded: OnEnded): Promise<Asker> {
  const agent = new Agent({ name: "submitter", server });
  await agent.start();
  const stopping = new AbortController();
  const watching = (async () => {
    const ends = agent.tasks.watch({ onlyEnded: true, withoutParameters: true }, stopping.signal);
    for await (const { task_id, status } of ends) onEnded(task_id, status);
  })();
  return {
    async submit(asked) {
      const refused = (await agent.tasks.submitAll(asked)).find((one) => typeof one !== "string");
      if (refused) throw refused;
    },
    async stop() {
      stopping.abort();
      await watching;
      await agent.stop();
    },
  };
}

/** Asks by the bus, as a broker passes requests on, and reads the answers from its own queue there. */
export async function askByBus(server: string, url: string, onEnded: OnEnded): Promise<Asker> {
  const connection = new Connection({
    server,
    profile: { name: "submitter", role: "", capabilities: [], maxConcurrent: 1, version: "" },
    heartbeatIntervalS: 30,
    health: () => ({ status: "idle", metrics: {} }),
    onCommand: () => {},
    commandIds: () => [],
    onOpening: () => {},
  });
  const { id } = await connection.register();
  const staying = connection.stay();
  const bus = await openBus(url);
  const answers = await bus.consume(agentQueue(id), ({ envelope }) => {
    const { message_type, task_id, status } = JSON.parse(String(envelope.body));
    if (message_type === "TASK_RESPONSE") onEnded(task_id, status);
    return Promise.resolve();
  }, { prefetch: ANSWERS_AT_ONCE });
  return {
    async submit(asked) {
      await Promise.all(asked.map((task) => {
        const message = { message_type: "TASK_REQUEST", message_id: newId("msg"), sender_id: id, ...task };
        const envelope = { id: message.message_id, body: JSON.stringify(message), headers: {} };
        return bus.publish(SERVER_INPUT_QUEUE, envelope);
      }));
    },
    async stop() {
      await answers[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      await connection.leave();
      await staying;
    },
  };
}
