/** Whether the server can do its work, and which part cannot. */
import { ParleyError } from "../shared/error.ts";

export type Part = "bus" | "store" | "grpc";

/** Says why a part fails, or undefined when it does not. */
type Check = () => string | undefined | Promise<string | undefined>;

/** What may fail while messages go on. */
export type Extra = "file_log";

/** Asks each part. */
export class Health {
  readonly #checks: Record<Part, Check>;
  readonly #extras: Partial<Record<Extra, Check>>;

  constructor(checks: Record<Part, Check>, extras: Partial<Record<Extra, Check>> = {}) {
    this.#checks = checks;
    this.#extras = extras;
  }

  /** Gives each part's fault; empty when the server is ready. */
  faults(): Promise<Partial<Record<Part, string>>> {
    return faultsOf(this.#checks);
  }

  /** Gives the faults of what the server can do its work without; empty when there are none. */
  limits(): Promise<Partial<Record<Extra, string>>> {
    return faultsOf(this.#extras);
  }
}

async function faultsOf<T extends string>(
  checks: Partial<Record<T, Check>>,
): Promise<Partial<Record<T, string>>> {
  const faults: Partial<Record<T, string>> = {};
  for (const [part, check] of Object.entries(checks) as [T, Check][]) {
    const fault = await outcome(check);
    if (fault !== undefined) faults[part] = fault;
  }
  return faults;
}

async function outcome(check: Check): Promise<string | undefined> {
  try {
    return await check();
  } catch (thrown) {
    return ParleyError.from(thrown).message;
  }
}
