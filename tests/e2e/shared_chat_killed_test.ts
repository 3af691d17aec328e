/** Two server processes on one database and one bus, of which one is killed in the middle of a conversation. */
import { strict as assert } from "node:assert";
import { Agent } from "../../agent/mod.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { BROKER_INPUT_QUEUE, SERVER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import { missingPostgres, openTestDatabase } from "../../shared/store/testing/postgres.ts";
import { type Frame, Frontend } from "./frontend.ts";
import { type Running, start } from "./running.ts";

const missing = await missingPostgres();
const QUESTIONS = 10;

interface Scene {
  url: string;
  asked: Running;
  answering: Running;
  /** Lets the agent answer, which it does not before. */
  answer: () => void;
}

/** Plays with two servers, an agent `agent_slow` at one of them, and a broker that sends on everything as it is. */
async function scene(play: (scene: Scene, resources: AsyncDisposableStack) => Promise<void>): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const { url } = resources.use(await openTestDatabase());
  const bus = resources.use(withRetry(await openBus(url()), { firstDelayMs: 1 }));
  const broker = await bus.consume(BROKER_INPUT_QUEUE, async ({ envelope }) => {
    const routed = { ...parseMessage(envelope.body), routing_status: "routed" };
    await bus.publish(SERVER_INPUT_QUEUE, { ...envelope, body: JSON.stringify(routed) });
  });
  resources.use(broker);
  const asked = resources.use(await startServer(url()));
  const answering = resources.use(await startServer(url()));
  const mayAnswer = Promise.withResolvers<void>();
  const agent = new Agent({ name: "Slow", id: "agent_slow", server: `127.0.0.1:${answering.env.GRPC_PORT}` });
  agent.onMessage(async ({ text }) => {
    await mayAnswer.promise;
    return `heard: ${text}`;
  });
  resources.use(agent);
  await agent.start();
  await play({ url: url(), asked, answering, answer: mayAnswer.resolve }, resources);
}

async function startServer(url: string, ports = {}): Promise<Running> {
  const command: [string, ...string[]] = [Deno.execPath(), "run", "-A", "server/main.ts"];
  const running = await start({ command, ports, env: { BUS_URL: url, DATABASE_URL: url } });
  await running.line(/Messages are delivered/);
  return running;
}

/** Asks several questions, and resolves once each has reached the agent. */
async function ask(frontend: Frontend): Promise<string[]> {
  const more = { receiver_id: "agent_slow", if_offline: "wait", conversation_id: "conv_killed" };
  const ids = Array.from({ length: QUESTIONS }, (_, index) => frontend.ask(`${index}`, more));
  for (const id of ids) {
    await frontend.frame((frame) => frame.message_id === id && frame.routing_status === "delivered");
  }
  return ids;
}

function assertAnsweredOnce(frames: readonly Frame[], ids: readonly string[]): void {
  const replies = frames.filter(({ message_type }) => message_type === "REPLY");
  assert.deepEqual(replies.map((reply) => reply.in_reply_to_message_id).toSorted(), ids.toSorted());
  const seqs = frames.flatMap(({ seq }) => typeof seq === "number" ? [seq] : []);
  assert.deepEqual(seqs, [...new Set(seqs)].toSorted((one, other) => one - other));
}

Deno.test({
  name: `a frontend whose server is killed gets its answers at another, each once${
    missing ? ` (${missing})` : ""
  }`,
  ignore: missing !== undefined,
  fn: () =>
    scene(async ({ asked, answering, answer }, resources) => {
      const before = resources.use(await Frontend.open(asked.serverUrl));
      const { session_token, frontend_id } = before.frames[0]!;
      const ids = await ask(before);
      const last_seq = Math.max(...before.frames.map(({ seq }) => Number(seq ?? 0)));
      asked.child.kill("SIGKILL");
      await asked.child.status;
      answer();
      const after = resources.use(await Frontend.comeBack(answering.serverUrl, { session_token, last_seq }));
      assert.equal(after.frames[0]!.frontend_id, frontend_id);
      for (const id of ids) await after.answerTo(id);
      assertAnsweredOnce([...before.frames, ...after.frames], ids);
    }),
});

Deno.test({
  name: `questions for an agent whose server is killed are answered once it has found a server${
    missing ? ` (${missing})` : ""
  }`,
  ignore: missing !== undefined,
  // The gRPC client's timer for its next try outlasts the channel.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    scene(async ({ url, asked, answering, answer }, resources) => {
      const frontend = resources.use(await Frontend.open(asked.serverUrl));
      const ids = await ask(frontend);
      answering.child.kill("SIGKILL");
      await answering.child.status;
      const { PORT, GRPC_PORT } = answering.env;
      resources.use(await startServer(url, { PORT, GRPC_PORT }));
      answer();
      for (const id of ids) await frontend.answerTo(id);
      assertAnsweredOnce(frontend.frames, ids);
    }),
});
