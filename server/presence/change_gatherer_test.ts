import { strict as assert } from "node:assert";
import { ChangeGatherer } from "./change_gatherer.ts";
import { FakeClock } from "./fake_clock.ts";

function scene(tellingMs = 0) {
  const clock = new FakeClock();
  const startedAt = clock.now();
  const told: string[] = [];
  const gatherer = new ChangeGatherer<string>(clock, (changed) => {
    told.push(`+${clock.now() - startedAt} ms ${changed.join(" ")}`);
    clock.time += tellingMs;
  });
  return {
    clock,
    told,
    gatherer,
    add: (...items: string[]) => items.forEach((item) => gatherer.add(item[0]!, item)),
  };
}

Deno.test("the first change is told at once, those of the 20 ms after it together, the newest of each", () => {
  const { clock, told, gatherer, add } = scene();
  using _gatherer = gatherer;
  add("a1", "b1", "a2");
  clock.advance(19);
  add("b2");
  clock.advance(1);
  clock.advance(20);
  add("c1");
  assert.deepEqual(told, ["+0 ms a1", "+20 ms b2 a2", "+40 ms c1"]);
});

Deno.test("where telling takes long for long, there is less of it, and a single change is told at once again soon", () => {
  const { clock, told, gatherer, add } = scene(50);
  using _gatherer = gatherer;
  for (let at = 0; at < 10_000; at += 10) {
    add("a1");
    clock.advance(10);
  }
  // Without rests it would be told every 50 ms.
  assert.ok(told.length > 40 && told.length < 100, `${told.length} times`);
  clock.advance(1_000);
  const before = told.length;
  add("b1");
  assert.equal(told.length, before + 1);
});

Deno.test("what is told meanwhile waits for the next time, and nothing is told after the end", () => {
  const clock = new FakeClock();
  const told: string[][] = [];
  const gatherer: ChangeGatherer<string> = new ChangeGatherer(clock, (changed) => {
    told.push(changed);
    if (told.length === 1) gatherer.add("b", "b");
    else gatherer[Symbol.dispose]();
  });
  gatherer.add("a", "a");
  clock.advance(20);
  gatherer.add("c", "c");
  clock.advance(1_000);
  assert.deepEqual(told, [["a"], ["b"]]);
  assert.equal(clock.timers, 0);
});

Deno.test("a process that stood still while it told, or since, tells what changed right after", () => {
  const clock = new FakeClock();
  const told: string[] = [];
  using gatherer = new ChangeGatherer<string>(clock, (changed) => told.push(...changed));
  gatherer.add("a", "a1");
  clock.freeze(30_000);
  clock.advance(0);
  gatherer.add("a", "a2");
  clock.advance(500);
  assert.deepEqual(told, ["a1", "a2"]);
});
