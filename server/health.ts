/** Whether the server can do its work, and which part cannot. */
import { ParleyError } from "../shared/error.ts";

export type Part = "bus" | "store" | "grpc";

/** Says why a part fails, or undefined when it does not. */
type Check = () => string | undefined | Promise<string | undefined>;

/** Asks each part. */
export class Health {
  readonly #checks: Record<Part, Check>;

  constructor(checks: Record<Part, Check>) {
    this.#checks = checks;
  }

  /** Gives each part's fault; empty when the server is ready. */
  async faults(): Promise<Partial<Record<Part, string>>> {
    const faults: Partial<Record<Part, string>> = {};
    for (const [part, check] of Object.entries(this.#checks) as [Part, Check][]) {
      const fault = await outcome(check);
      if (fault !== undefined) faults[part] = fault;
    }
    return faults;
  }
}

async function outcome(check: Check): Promise<string | undefined> {
  try {
    return await check();
  } catch (thrown) {
    return ParleyError.from(thrown).message;
  }
}
