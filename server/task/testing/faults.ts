/** A store that fails under a task center, and is well again, for tests. */
import type { TaskStatus } from "../../../shared/model/task.ts";
import type { Fault } from "./faulty_store.ts";
import { quiet, type Rig } from "./rig.ts";

/** Has the next writes fail that have a task be so; resolves once one did. */
export function failing(rig: Rig, status: TaskStatus, fault: Fault): Promise<void> {
  const failed = Promise.withResolvers<void>();
  rig.tasks.faultOf = (_write, tasks) => tasks.some(({ task }) => task.status === status) ? fault : undefined;
  rig.tasks.onFault = () => failed.resolve();
  return failed.promise;
}

/** Has the store be well from now on. */
export function heal(rig: Rig): void {
  rig.tasks.faultOf = () => undefined;
  rig.tasks.isBlind = false;
}

/** Has time pass in which what failed is tried again. */
export async function later(rig: Rig): Promise<void> {
  await quiet();
  rig.clock.advance(1_000);
  await quiet();
}
