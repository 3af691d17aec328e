// Declares the tests that need services: ignored with the reason where one is missing, failing with it in CI.

import { missingPython } from "./python.ts";
import { System, type SystemOptions } from "./system.ts";
import { missingRabbit, type QueueKind } from "./virtual_host.ts";

const QUEUE_KINDS: QueueKind[] = ["classic", "quorum"];

export interface LiveTest extends Omit<SystemOptions, "queues"> {
  /** What the test shows, without the kind of queues. */
  name: string;
  /** Whether it also needs Python's packages. */
  python?: boolean;
  run: (system: System, step: Step) => Promise<void>;
}

/** Runs a part of a test that is reported by its own name. */
export type Step = (name: string, fn: () => Promise<void>) => Promise<void>;

/** Declares `test` once on classic and once on quorum queues, each time on a system of its own. */
export async function liveTest(test: LiveTest): Promise<void> {
  const missing = await missingRabbit() ?? (test.python ? await missingPython() : undefined);
  const inCi = Deno.env.get("CI") === "true";
  for (const queues of QUEUE_KINDS) {
    Deno.test({
      name: `${test.name} (${queues} queues)${missing ? `: needs ${missing}` : ""}`,
      ignore: missing !== undefined && !inCi,
      fn: async (t) => {
        if (missing) throw new Error(`CI must have ${missing}`);
        await using system = await System.start({ ...test, queues });
        await showingTheLog(system, () => test.run(system, steps(t, system)));
      },
    });
  }
}

/** Makes the steps of `t`. Sockets live longer than a step, so the sanitizers hold the whole test to account instead. */
function steps(t: Deno.TestContext, system: System): Step {
  const options = { sanitizeOps: false, sanitizeResources: false };
  return async (name, fn) => {
    await t.step({ name, fn: () => showingTheLog(system, fn), ...options });
  };
}

async function showingTheLog(system: System, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    // In the message: what is printed beside it is lost where tests run side by side.
    throw new Error(`${error instanceof Error ? error.message : error}\n${system.log}`, { cause: error });
  }
}
