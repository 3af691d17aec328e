/** What one more assignment takes while many tasks wait: the scheduler alone, over 200 agents. */
import { newRecord } from "../../server/task/new_task.ts";
import { Scheduler } from "../../server/task/scheduler.ts";
import { Workers } from "../../server/task/workers.ts";
import { newTaskSchema } from "../../shared/model/task.ts";
import { median } from "./report.ts";

const AGENTS = 200;
const MEASURED = 2_000;
const BATCHES = 20;

/**
 * Measures, with so many tasks waiting, taking one more and giving one to an agent that has just become free; in
 * microseconds, the median of twenty batches.
 */
export function measureAssignments(waiting: number): number {
  const workers = new Workers({
    find: (id) => ({ ...AGENT, id }) as never,
    streamOf: () => [{ taskType: "bench", mostAtOnce: 1 }],
  });
  for (let index = 0; index < AGENTS; index++) workers.refresh(`agent_${index}`);
  const scheduler = new Scheduler(workers, Date.now());
  const add = () =>
    scheduler.add(newRecord(ASKED, { requestedBy: "web_1", nowMs: Date.now(), maxRetries: 3 }), 0);
  for (let index = 0; index < waiting + AGENTS; index++) add();
  let next = 0;
  scheduler.picks(AGENTS);
  const batches = Array.from({ length: BATCHES }, () => {
    const from = performance.now();
    for (let index = 0; index < MEASURED; index++) {
      add();
      workers.released(`agent_${next++ % AGENTS}`, "bench");
      scheduler.picks(1);
    }
    return (performance.now() - from) / MEASURED * 1_000;
  });
  return median(batches);
}

const ASKED = newTaskSchema.parse({ task_type: "bench", required_capabilities: ["sql"] });
const AGENT = {
  isOnline: true,
  isRegistered: true,
  isPaused: false,
  capabilities: ["sql"],
  attributes: {},
  connectionType: "grpc",
  maxConcurrentTasks: 1,
};
