import { strict as assert } from "node:assert";
import { availabilityOf } from "./availability.ts";

const at = (ms: number, is_online: boolean) => ({ at: new Date(ms).toISOString(), is_online });
const PERIOD = { from: 1_000, to: 2_000, now: 10_000 };

const CASES: {
  says: string;
  before?: boolean;
  changes?: ReturnType<typeof at>[];
  period?: Partial<typeof PERIOD>;
  online: number;
  known: number;
  ratio: number | null;
}[] = [
  { says: "of whom nothing is known", online: 0, known: 0, ratio: null },
  { says: "online all the time", before: true, online: 1_000, known: 1_000, ratio: 1 },
  { says: "offline all the time", before: false, online: 0, known: 1_000, ratio: 0 },
  { says: "who left", before: true, changes: [at(1_250, false)], online: 250, known: 1_000, ratio: 0.25 },
  { says: "who first came within it", changes: [at(1_600, true)], online: 400, known: 400, ratio: 1 },
  {
    says: "who came, went and came",
    before: false,
    changes: [at(1_100, true), at(1_300, false), at(1_900, true)],
    online: 300,
    known: 1_000,
    ratio: 0.3,
  },
  { says: "that is not over", before: true, period: { now: 1_500 }, online: 500, known: 500, ratio: 1 },
  { says: "that has not begun", before: true, period: { now: 500 }, online: 0, known: 0, ratio: null },
  {
    says: "with times out of order",
    before: true,
    changes: [at(1_500, false), at(1_200, true)],
    online: 1_000,
    known: 1_000,
    ratio: 1,
  },
];

for (const { says, before, changes = [], period, online, known, ratio } of CASES) {
  Deno.test(`availabilityOf() a period of one ${says}`, () => {
    const found = availabilityOf({ ...PERIOD, ...period }, before, changes);
    assert.deepEqual(
      { online: found.online_ms, known: found.known_ms, ratio: found.ratio },
      { online, known, ratio },
    );
    assert.equal(found.from, "1970-01-01T00:00:01.000Z");
  });
}
