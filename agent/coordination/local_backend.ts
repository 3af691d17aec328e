/** Coordination without a server: any bus carries the messages, any store keeps the roster. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { ParleyError } from "../../shared/error.ts";
import { atMost } from "../../shared/pause.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Backend } from "./backend.ts";
import { openLocalDirectory } from "./local_directory.ts";
import { createLocalMail } from "./local_mail.ts";
import { openLocalScheduler } from "./local_scheduler.ts";
import { observed } from "./observed_mail.ts";
import type { Settings } from "./options.ts";
import { MISSED_HEARTBEATS } from "./presence.ts";
import { openRosterTopic } from "./roster_topic.ts";
import { Throughput } from "./throughput.ts";

const MEMORY = "sqlite::memory:";
/** How long opening waits for the bus to be reached, in milliseconds. */
const OPEN_MS = 10_000;

/**
 * Opens the bus and the store that `settings` name. Throws what they throw when they cannot be opened, and `unavailable`
 * when the bus was not reached within `openMs` (default 10,000).
 */
export async function openLocalBackend(
  settings: Settings,
  { openMs = OPEN_MS }: { openMs?: number } = {},
): Promise<Backend> {
  await using opening = new AsyncDisposableStack();
  const link = new BusLink();
  const store = isTopicEnough(settings) ? undefined : opening.use(await openStore(settings.storeUrl));
  const bus = opening.use(await openRetryingBus(settings, link));
  const inTime = { openMs, link };
  const roster = store?.roster ?? opening.use(await heard(openRosterTopic(bus), inTime));
  const offlineAfterMs = settings.heartbeatIntervalMs * MISSED_HEARTBEATS;
  const directory = opening.use(await heard(openLocalDirectory({ roster, bus, offlineAfterMs }), inTime));
  const throughput = new Throughput();
  const mail = observed(createLocalMail(bus), throughput);
  // What ends with the process need not be written down.
  const tasks = settings.storeUrl === MEMORY ? undefined : store?.tasks;
  const opened = opening.move();
  return {
    mail,
    directory,
    throughput,
    ping: async () => {
      if (link.fault) throw new ParleyError("unavailable", link.fault);
      await store?.ping();
    },
    openScheduler: (options) => openLocalScheduler({ ...options, mail, directory, store: tasks }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Several processes share a bus such as RabbitMQ, and nobody named a database: then they tell each other. */
function isTopicEnough({ busUrl, storeUrl }: Settings): boolean {
  return storeUrl === MEMORY && busUrl !== MEMORY;
}

/** Waits for what begins with hearing events: a bus that is away puts that off until it is there. Throws `unavailable` then. */
async function heard<T extends AsyncDisposable>(
  opened: Promise<T>,
  { openMs, link }: { openMs: number; link: BusLink },
): Promise<T> {
  if (await atMost(openMs, opened)) return await opened;
  // The bus is closed next, which ends the waiting.
  opened.then((late) => late[Symbol.asyncDispose]()).catch(() => {});
  throw new ParleyError("unavailable", link.fault ?? "The queues cannot be reached. Try again later.");
}

async function openRetryingBus({ busUrl, maxRetries }: Settings, link: BusLink): Promise<MessageBus> {
  const bus = await openBus(busUrl, { onStateChange: link.note });
  return withRetry(bus, { maxAttempts: maxRetries + 1 });
}

/** Knows how the bus's connection is; a bus without one never says anything. */
class BusLink {
  fault: string | undefined;

  readonly note = (state: "connected" | "connecting", detail: string): void => {
    this.fault = state === "connected" ? undefined : `The queues cannot be reached: ${detail}`;
  };
}
