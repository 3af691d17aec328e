/** A process that only holds frontends, of several systems if need be. */
import { openFrontends } from "./frontends.ts";
import { answerLines } from "./line_process.ts";
import type { SystemKind } from "./systems.ts";

await answerLines({
  async open(asked: { kind: SystemKind; url: string; count: number }) {
    await openFrontends(asked, () => () => {});
  },
});
