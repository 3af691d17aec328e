/** The task center with what it stands on. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import type { Store } from "../../shared/store/store.ts";
import { DEFAULT_RETRY_POLICY, retryDelayMs } from "../../shared/bus/retry_policy.ts";
import { TaskCenter, type TaskCenterOptions } from "./center.ts";
import { QueueLine, type QueueLineOptions } from "./queue_line.ts";

export interface OpenTasksOptions
  extends Pick<TaskCenterOptions, "roster" | "server" | "clock" | "fileLog" | "errors"> {
  store: Store;
  config: TaskCenterOptions["config"] & { AGENT_INACTIVITY_TIMEOUT: number };
  bus: MessageBus;
  tellToStop: QueueLineOptions["tellToStop"];
}

/** Opens the tasks; what is opened is owned by `resources`. Throws `unavailable` without the store. */
export async function openTasks(
  { bus, store, tellToStop, ...options }: OpenTasksOptions,
  resources: AsyncDisposableStack,
): Promise<TaskCenter> {
  const queue = resources.use(new QueueLine({ bus, tellToStop, fileLog: options.fileLog }));
  const pauseMs = (failures: number) => retryDelayMs(failures, DEFAULT_RETRY_POLICY);
  const patienceMs = options.config.AGENT_INACTIVITY_TIMEOUT * 1_000;
  const neighbours = store.isShared ? { roster: store.roster, bus, patienceMs } : undefined;
  return resources.use(
    await openTaskCenter({
      ...options,
      store: store.tasks,
      neighbours,
      queue,
      onAnswer: queue.answer,
      pauseMs,
    }),
  );
}

/** Opens the center with the tasks that have not ended. Throws `unavailable` without the store. */
export async function openTaskCenter(options: TaskCenterOptions): Promise<TaskCenter> {
  const center = new TaskCenter(options);
  const { store, server } = options;
  for (let after = 0;;) {
    const page = await store.open(server, after);
    for (const kept of page) center.load(kept);
    const last = page.at(-1);
    if (!last) break;
    after = last.position;
  }
  center.begin();
  return center;
}
