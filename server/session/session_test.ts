import assert from "node:assert/strict";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { FrameSink, Session } from "./session.ts";
import { Sessions } from "./sessions.ts";

const SERVER = serverPrincipal("server_test");

class Sink implements FrameSink {
  readonly seqs: number[] = [];

  send(frame: string): void {
    this.seqs.push(JSON.parse(frame).seq);
  }

  drained(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** Counts what is sent before it is waited for. */
class PacedSink extends Sink {
  most = 0;
  #unsent = 0;

  override send(frame: string): void {
    super.send(frame);
    this.most = Math.max(this.most, this.#unsent += frame.length);
  }

  override drained(): Promise<boolean> {
    this.#unsent = 0;
    return super.drained();
  }
}

function show(session: Session, count: number, from = 0): void {
  for (let index = from; index < from + count; index++) {
    session.show({ message_type: "REPLY", message_id: `msg_${index}`, text_payload: "a" });
  }
}

/** Begins a server's sessions over `store`. */
function begin(store: Store): Sessions {
  return new Sessions(store.sessions, SERVER);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

Deno.test("a session", async (t) => {
  await using store = await openStore("sqlite::memory:");

  await t.step("brings every frame after last_seq, and then the new ones, to who comes back", async () => {
    await using sessions = begin(store);
    const { session } = await sessions.create("Ada");
    show(session, 10);
    const sink = new Sink();
    let hasGap: boolean | undefined;
    const resumed = session.resume(sink, 4, (gap) => hasGap = gap);
    show(session, 5, 10);
    await resumed;
    show(session, 5, 15);
    assert.equal(hasGap, false);
    assert.deepEqual(sink.seqs, range(5, 20));
  });
  await t.step(
    "brings thousands of frames from the store, none lost or doubled while new ones come",
    async () => {
      await using sessions = begin(store);
      const { session } = await sessions.create("Ada");
      show(session, 5_000);
      const sink = new Sink();
      const resumed = session.resume(sink, 0, () => {});
      show(session, 10, 5_000);
      await resumed;
      show(session, 10, 5_010);
      assert.deepEqual(sink.seqs, range(1, 5_020));
    },
  );
  for (const [where, count] of [["memory", 200], ["the store", 4_000]] as const) {
    await t.step(`brings a large backlog from ${where} in parts that a reader can take`, async () => {
      await using sessions = begin(store);
      const { session } = await sessions.create("Ada");
      const text_payload = "x".repeat(20_000_000 / count);
      for (let index = 0; index < count; index++) {
        session.show({ message_type: "REPLY", message_id: `msg_${index}`, text_payload });
      }
      const sink = new PacedSink();
      await session.resume(sink, 0, () => {});
      assert.deepEqual(sink.seqs, range(1, count));
      assert.ok(sink.most < 2_000_000, `${sink.most} characters were sent at once`);
    });
  }
  await t.step("goes on with the next number after a server that ended in good order", async () => {
    const token = await (async () => {
      await using sessions = begin(store);
      const { session, token } = await sessions.create("Ada");
      show(session, 10);
      return token;
    })();
    await using sessions = begin(store);
    const session = (await sessions.byToken(token))!;
    const sink = new Sink();
    let hasGap: boolean | undefined;
    await session.resume(sink, 3, (gap) => hasGap = gap);
    show(session, 1, 10);
    assert.equal(hasGap, false);
    assert.deepEqual(sink.seqs, range(4, 11));
  });
  await t.step(
    "never gives a number out twice after a server that crashed, and says that frames may be missing",
    async () => {
      const crashed = begin(store);
      const { session: before, token } = await crashed.create("Ada");
      show(before, 10);
      await before.kept();
      await using sessions = begin(store);
      const session = (await sessions.byToken(token))!;
      const sink = new Sink();
      let hasGap: boolean | undefined;
      await session.resume(sink, 3, (gap) => hasGap = gap);
      show(session, 1, 10);
      assert.equal(hasGap, true);
      assert.deepEqual(sink.seqs.slice(0, -1), range(4, 10));
      assert.ok(sink.seqs.at(-1)! > 1_000);
    },
  );
  await t.step("says that frames are missing that are too old", async () => {
    await using sessions = begin(store);
    const { session } = await sessions.create("Ada");
    show(session, 3_000);
    await session.kept();
    await sessions.tidy(60_000, 100);
    const gaps: boolean[] = [];
    await session.resume(new Sink(), 5, (gap) => gaps.push(gap));
    await session.resume(new Sink(), 2_950, (gap) => gaps.push(gap));
    assert.deepEqual(gaps, [true, false]);
  });
  await t.step("shows the same news once, to every connection", async () => {
    await using sessions = begin(store);
    const { session } = await sessions.create("Ada");
    const [one, two] = [new Sink(), new Sink()];
    session.attach(one);
    session.attach(two);
    show(session, 2);
    show(session, 2);
    assert.deepEqual([one.seqs, two.seqs], [[1, 2], [1, 2]]);
  });
  await t.step("opens for its token alone", async () => {
    await using sessions = begin(store);
    const { session, token } = await sessions.create("Ada");
    assert.equal((await sessions.byToken(token))?.id, session.id);
    assert.equal(await sessions.byToken("made up"), undefined);
  });
});
