// Declares the tests that need services: ignored with the reason where one is missing, failing with it in CI.

import { missingRabbit, type QueueType, virtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { missingPython } from "./python.ts";
import { System, type SystemOptions } from "./system.ts";

const QUEUE_TYPES: QueueType[] = ["classic", "quorum"];

export interface LiveTest extends Omit<SystemOptions, "virtualHost"> {
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
  for (const queueType of QUEUE_TYPES) {
    const host = missing ? undefined : virtualHost(queueType);
    Deno.test({
      name: `${test.name} (${queueType} queues)${missing ? ` (${missing})` : ""}`,
      ignore: missing !== undefined,
      fn: async (t) => {
        await using system = await System.start({ ...test, virtualHost: host! });
        await showingTheLog(system, () => test.run(system, steps(t, system)));
      },
    });
  }
}

/** Makes the steps of `t`. Sockets live longer than a step, and steps may run side by side, so the sanitizers hold the whole test to account instead. */
function steps(t: Deno.TestContext, system: System): Step {
  const options = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
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
