/** Something that a page has done for it: whether it is under way, and why it failed. */
import { useState } from "preact/hooks";
import { ApiError } from "../../lib/live/api.ts";
import { fill } from "../../lib/texts/fill.ts";
import type { Texts } from "../../lib/texts/texts.ts";
import { useTexts } from "./Page.tsx";

export interface Action {
  isBusy: boolean;
  /** A sentence for people, until the next try. */
  failure: string | undefined;
  /** Does it, unless it is under way. Resolves to whether that worked. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

export function useAction(): Action {
  const t = useTexts("common");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (work: () => Promise<unknown>) => {
    if (isBusy) return false;
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure(failureText(error, t));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, run };
}

/** Says why something failed: what the server said, or that it was not reached. */
export function failureText(error: unknown, t: Texts["common"]): string {
  if (error instanceof ApiError && error.status === 0) return t.notReached;
  return fill(t.failed, { reason: error instanceof Error ? error.message : String(error) });
}
