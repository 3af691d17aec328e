/** A supervisor for tests: over queues in memory, and quick to try again. */
import { type CoordinatorOptions, SupervisorCoordinator } from "../supervisor_coordinator.ts";

/** What a supervisor and its agents are opened with, to meet each other. */
export const MOCK = { useMock: true, firstRetryMs: 1 };

export function openSupervisor(options: CoordinatorOptions = {}): SupervisorCoordinator {
  return new SupervisorCoordinator("supervisor-001", { ...MOCK, ...options });
}
