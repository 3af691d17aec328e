/** Where an agent's assignments wait for a place: for the server a task that it stopped has none any more, but its handler may go on. */
import type { Assignment, Held } from "../../shared/grpc/gen/task.ts";

export interface PlaceLimits {
  /** How many tasks the agent works on at once in all. */
  mostAtOnce: number;
  /** Gives how many of a type it works on at once. */
  mostOf(taskType: string): number;
}

export class AssignmentLine {
  readonly #limits: PlaceLimits;
  readonly #waiting = new Map<string, Assignment>();
  readonly #takenOf = new Map<string, number>();
  #taken = 0;

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Lists what waits, the first come first. */
  get held(): Held[] {
    return Array.from(this.#waiting.values(), ({ taskId, attempt }) => ({ taskId, attempt }));
  }

  add(assignment: Assignment): void {
    this.#waiting.set(keyOf(assignment), assignment);
  }

  has(held: Held): boolean {
    return this.#waiting.has(keyOf(held));
  }

  remove(held: Held): void {
    this.#waiting.delete(keyOf(held));
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Takes out the first one that there is a place for, which it has from then on. */
  takeReady(): Assignment | undefined {
    for (const assignment of this.#waiting.values()) {
      if (!this.#hasPlace(assignment.taskType)) continue;
      this.remove(assignment);
      this.#count(assignment.taskType, 1);
      return assignment;
    }
  }

  /** Has the place of a task be free again. */
  leave(taskType: string): void {
    this.#count(taskType, -1);
  }

  #hasPlace(taskType: string): boolean {
    const limits = this.#limits;
    return this.#taken < limits.mostAtOnce && (this.#takenOf.get(taskType) ?? 0) < limits.mostOf(taskType);
  }

  #count(taskType: string, change: 1 | -1): void {
    this.#taken += change;
    this.#takenOf.set(taskType, (this.#takenOf.get(taskType) ?? 0) + change);
  }
}

/** Names one attempt at one task. */
export function keyOf({ taskId, attempt }: Held): string {
  return `${attempt}:${taskId}`;
}
