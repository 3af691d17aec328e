/** What every bus must do, as one suite, so that a new backend is finished when it passes. */
import type { MessageBus } from "./bus.ts";
import { attemptCases } from "./conformance/attempts.ts";
import { bodyCases } from "./conformance/bodies.ts";
import { deliveryCases } from "./conformance/delivery.ts";
import { eventCases } from "./conformance/events.ts";
import { lifetimeCases } from "./conformance/lifetime.ts";
import { lossCases } from "./conformance/loss.ts";
import { pullCases } from "./conformance/pulling.ts";
import { timeCases } from "./conformance/time.ts";

/** Queues that several members reach, each as a process of its own would. */
export interface BusRig extends AsyncDisposable {
  /** Opens a member: the retrying bus of one process. The rig closes it. */
  member(): Promise<Member>;
  /** Breaks every member's connection; they may come back. Resolves once it is broken. Absent: there is no connection. */
  cut?(): Promise<void>;
}

/** One process on the rig. */
export interface Member {
  bus: MessageBus;
  /** Ends the process's reading at once, as `kill -9` would, without a word to the bus. */
  kill(): Promise<void>;
}

/** What is tried on a fresh rig; it rejects when the bus breaks its promise. */
export type BusCase = (rig: BusRig) => Promise<void>;

/** Names every case by the promise that it holds the bus to. */
export const busCases: Readonly<Record<string, BusCase>> = {
  ...deliveryCases,
  ...bodyCases,
  ...timeCases,
  ...attemptCases,
  ...lifetimeCases,
  ...lossCases,
  ...eventCases,
  ...pullCases,
};

export interface BusUnderTest {
  name: string;
  /** Opens a rig whose queues are empty. Retrying waits `FAST_RETRIES` on it. */
  open(): Promise<BusRig>;
  /** Cases that this bus cannot pass, each with the reason. */
  skip?: Readonly<Record<string, string>>;
  /** Why nothing can be tried here at all, such as a service that is missing. */
  ignore?: string | undefined;
}

/** The retry policy of every rig: short, so that attempts need no patience. */
export const FAST_RETRIES = { maxAttempts: 3, firstDelayMs: 20, maxDelayMs: 50 };

/** Registers one test for each case. Throws when `skip` names a case that does not exist. */
export function busConformance({ name, open, skip = {}, ignore }: BusUnderTest): void {
  const unknown = Object.keys(skip).find((skipped) => !(skipped in busCases));
  if (unknown !== undefined) throw new Error(`There is no case '${unknown}' to skip.`);
  for (const [promise, run] of Object.entries(busCases)) {
    const reason = ignore ?? skip[promise];
    Deno.test({
      name: `${name}: ${promise}${reason ? ` (${reason})` : ""}`,
      ignore: reason !== undefined,
      fn: () => runCase(run, open),
    });
  }
}

/** Runs one case on a rig of its own. */
export async function runCase(run: BusCase, open: () => Promise<BusRig>): Promise<void> {
  await using rig = await open();
  await run(rig);
}
