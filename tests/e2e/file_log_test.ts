/** Log files of real processes: server, broker and agent, each with the permissions of its task, write the same ones. */
import { strict as assert } from "node:assert";
import { type AnyEntry, entriesIn } from "../../shared/audit/testing/folder.ts";
import { freePort } from "../../shared/testing/free_port.ts";
import { outcomeOf, startTask } from "../../shared/testing/task_process.ts";
import { inherited } from "../environment.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const AGENT = "agent_e2e_file_log";

interface Asked {
  serverUrl: string;
  env: Record<string, string>;
}

/** Asks the agent, again until everybody is there, and gives the message that was answered. */
async function ask({ serverUrl }: Asked): Promise<string> {
  const signal = AbortSignal.timeout(120_000);
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    // For nobody in particular: one that is named the broker passes on, too, before it knows of it.
    body: JSON.stringify({ text_payload: "a secret" }),
  };
  for (;;) {
    signal.throwIfAborted();
    const response = await fetch(`${serverUrl}/api/messages?wait=5`, init).catch(() => undefined);
    const answer = await response?.json();
    if (response?.status === 200) return answer.in_reply_to_message_id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function processesFor({ env }: Asked): Deno.ChildProcess[] {
  const options = { clearEnv: true };
  return [
    startTask("start:server", [], env, options),
    startTask("start:broker", [], env, options),
    startTask("start:agent", ["--kind", "echo", "--name", "Logged", "--id", AGENT], env, options),
  ];
}

async function end(process: Deno.ChildProcess): Promise<void> {
  process.kill("SIGTERM");
  const { code, out, err } = await outcomeOf(process);
  assert.equal(code, 0, out + err);
  assert.doesNotMatch(out + err, /log files/);
}

function scene(folder: string): Asked {
  const port = freePort();
  const env = { PORT: port, GRPC_PORT: freePort(), GRPC_HOST: "127.0.0.1", FILE_LOG_DIR: folder };
  const memory = { BUS_URL: "sqlite::memory:", DATABASE_URL: "sqlite::memory:" };
  return { serverUrl: `http://127.0.0.1:${port}`, env: { ...inherited(), ...memory, ...env } };
}

Deno.test("server, broker and agent log to the same files in logs/, and write what is left when they end", async () => {
  // Brokers and agents may write there alone.
  const folder = `logs/test-${crypto.randomUUID()}`;
  const asked = scene(folder);
  const processes = processesFor(asked);
  let entries: AnyEntry[];
  let messageId: string;
  try {
    messageId = await ask(asked);
    await Promise.all(processes.map(end));
    entries = await entriesIn(`${ROOT}${folder}`);
  } finally {
    for (const process of processes) {
      try {
        process.kill("SIGKILL");
      } catch { /* It has ended. */ }
    }
    await Deno.remove(`${ROOT}${folder}`, { recursive: true }).catch(() => {});
    // Unless there is more in it.
    await Deno.remove(`${ROOT}logs`).catch(() => {});
  }
  const way = entries.filter((entry) => entry.message_id === messageId)
    .map(({ source, event }) => `${source.split(":")[0]} ${event}`);
  assert.deepEqual(way.sort(), [
    "agent processed",
    "agent received",
    "broker routed",
    "server delivered",
    "server routed",
    "server sent",
  ]);
  const registered = entries.find(({ agent_id, event }) => agent_id === AGENT && event === "registered");
  assert.equal(registered?.source.split(":")[0], "server");
  assert.doesNotMatch(JSON.stringify(entries), /a secret/);
});
