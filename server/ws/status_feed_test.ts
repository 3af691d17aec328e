import { strict as assert } from "node:assert";
import type { AgentInfo } from "../../shared/model/agent.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { type Listener, StatusFeed } from "./status_feed.ts";

const agent = (agent_id: string, status = "idle") => ({ agent_id, status }) as AgentInfo;

/** A listener that says itself whether it keeps up. */
class Reader implements Listener {
  readonly frames: string[] = [];
  isBehind = false;
  #caughtUp = Promise.withResolvers<boolean>();

  send(frame: string): void {
    this.frames.push(frame);
  }

  offer(frame: string): boolean {
    if (!this.isBehind) this.send(frame);
    return !this.isBehind;
  }

  caughtUp(): Promise<boolean> {
    return this.#caughtUp.promise;
  }

  async catchUp(isThere = true): Promise<void> {
    this.isBehind = false;
    this.#caughtUp.resolve(isThere);
    this.#caughtUp = Promise.withResolvers();
    await Promise.resolve();
    await Promise.resolve();
  }

  /** What it was told, each frame as `full` or `changed`, and the agents in it. */
  get told(): string[] {
    return this.frames.map((frame) => {
      const { is_full_update, agents } = JSON.parse(frame) as {
        is_full_update: boolean;
        agents: AgentInfo[];
      };
      const of = agents.map(({ agent_id, status }) => `${agent_id} ${status}`).join(", ");
      return `${is_full_update ? "full" : "changed"}: ${of}`;
    });
  }
}

function scene() {
  const clock = new FakeClock();
  const all = [agent("a")];
  let tell = (_changed: AgentInfo[]) => {};
  const roster = {
    list: () => [...all],
    onChange: (listener: typeof tell) => {
      tell = listener;
      return { [Symbol.dispose]: () => tell = () => {} };
    },
  };
  const feed = new StatusFeed({ roster, clock, intervalMs: 60_000 });
  return { clock, all, feed, change: (...changed: AgentInfo[]) => tell(changed) };
}

Deno.test("everybody is told of everybody first, then of what changes, in the very same text", () => {
  const { feed, change } = scene();
  using _feed = feed;
  const readers = [new Reader(), new Reader()];
  for (const reader of readers) feed.join(reader);
  change(agent("a", "busy"));
  for (const reader of readers) assert.deepEqual(reader.told, ["full: a idle", "changed: a busy"]);
  // The very same string: it was serialised once.
  assert.equal(readers[0]!.frames[1], readers[1]!.frames[1]);
});

Deno.test("who joins right after a change is told of everybody as they are since then", () => {
  const { feed, change, all } = scene();
  using _feed = feed;
  const [first, second] = [new Reader(), new Reader()];
  feed.join(first);
  all[0] = agent("a", "busy");
  change(all[0]);
  feed.join(second);
  assert.deepEqual(second.told, ["full: a busy"]);
});

Deno.test("each reader is told of everybody once in an interval, not all at one moment", () => {
  const { feed, clock } = scene();
  using _feed = feed;
  const readers = Array.from({ length: 40 }, () => new Reader());
  for (const reader of readers) feed.join(reader);
  clock.advance(30_000);
  assert.equal(readers.filter(({ told }) => told.length === 2).length, 20);
  clock.advance(30_000);
  for (const { told } of readers) assert.deepEqual(told, ["full: a idle", "full: a idle"]);
});

Deno.test("a reader that is behind is told the newest state of what changed, once it has caught up", async () => {
  const { feed, change } = scene();
  using _feed = feed;
  const [slow, quick] = [new Reader(), new Reader()];
  feed.join(slow);
  feed.join(quick);
  slow.isBehind = true;
  for (const status of ["busy", "idle", "error"]) change(agent("a", status), agent("b", status));
  assert.equal(slow.told.length, 1);
  assert.equal(quick.told.length, 4);
  await slow.catchUp();
  assert.deepEqual(slow.told.slice(1), ["changed: a error, b error"]);
  change(agent("a", "idle"));
  assert.equal(slow.told.at(-1), "changed: a idle");
});

Deno.test("what a reader missed never comes after news that are newer", async () => {
  const { feed, change, all, clock } = scene();
  using _feed = feed;
  const slow = new Reader();
  feed.join(slow);
  slow.isBehind = true;
  change(agent("a", "busy"));
  slow.isBehind = false;
  all[0] = agent("a", "error");
  clock.advance(60_000);
  await slow.catchUp();
  assert.deepEqual(slow.told, ["full: a idle", "full: a error"]);
});

Deno.test("a reader that has left is told nothing, also when it was behind", async () => {
  const { feed, change } = scene();
  using _feed = feed;
  const reader = new Reader();
  const place = feed.join(reader);
  reader.isBehind = true;
  change(agent("a", "busy"));
  place[Symbol.dispose]();
  await reader.catchUp(false);
  change(agent("a", "idle"));
  assert.equal(reader.told.length, 1);
});

Deno.test("who asks for everybody is told how they are now, and nothing older afterwards", async () => {
  const { feed, change, all, clock } = scene();
  using _feed = feed;
  const reader = new Reader();
  feed.join(reader);
  all[0] = { ...agent("a"), last_seen: "later" } as AgentInfo;
  clock.advance(101);
  feed.show(reader);
  assert.match(reader.frames.at(-1)!, /later/);
  reader.isBehind = true;
  change(agent("a", "busy"));
  all[0] = agent("a", "error");
  clock.advance(101);
  feed.show(reader);
  await reader.catchUp();
  assert.deepEqual(reader.told.slice(2), ["full: a error"]);
});
