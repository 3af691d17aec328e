/** One session and several servers. */
import { strict as assert } from "node:assert";
import type { Message } from "../../shared/model/message.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import type { Errand } from "../errands.ts";
import type { FrameSink, Session } from "./session.ts";
import { Sessions } from "./sessions.ts";

/** Two servers' sessions over one store; what one leaves for the other is done at once, while that is there. */
class Pair implements AsyncDisposable {
  readonly there = new Set(["server_1", "server_2"]);
  readonly left: string[] = [];
  readonly one = this.#begin("server_1");
  readonly other = this.#begin("server_2");

  constructor(readonly store: Store) {}

  #begin(id: string): Sessions {
    return new Sessions(this.store.sessions, serverPrincipal(id), {
      servers: {
        isShared: true,
        isOtherNow: (serverId): Promise<boolean> =>
          Promise.resolve(serverId !== id && this.there.has(serverId ?? "")),
      },
      errands: { leave: (serverId, errand) => this.#leave(serverId, errand) },
    });
  }

  async #leave(serverId: string, errand: Errand): Promise<void> {
    this.left.push(`${errand.kind} for ${serverId}`);
    if (!this.there.has(serverId)) return;
    const sessions = serverId === "server_1" ? this.one : this.other;
    if (errand.kind === "let_go") void sessions.letGo(errand.frontendId, errand.to);
    if (errand.kind === "show") (await sessions.reader(errand.frontendId))?.show(errand.message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.one[Symbol.asyncDispose]();
    await this.other[Symbol.asyncDispose]();
  }
}

class Sink implements FrameSink {
  readonly shown: [seq: number, id: string][] = [];
  hasMoved = false;

  send(frame: string): void {
    const { seq, message_id } = JSON.parse(frame);
    this.shown.push([seq, message_id]);
  }

  drained(): Promise<boolean> {
    return Promise.resolve(true);
  }

  moved(): void {
    this.hasMoved = true;
  }
}

const reply = (message_id: string): Message => ({ message_type: "REPLY", message_id, text_payload: "a" });

async function pair(play: (pair: Pair) => Promise<void>): Promise<void> {
  await using store = await openStore("sqlite::memory:");
  await using both = new Pair(store);
  await play(both);
}

async function resumed(session: Session | undefined, lastSeq: number): Promise<Sink> {
  const sink = new Sink();
  await session!.resume(sink, lastSeq, (gap) => assert.equal(gap, false));
  return sink;
}

Deno.test("a session is given to the server where it comes back; what is still shown at the first is shown there", () =>
  pair(async ({ one, other }) => {
    const { session: before, token } = await one.create("Ada");
    const first = await resumed(before, 0);
    before.show(reply("msg_1"));
    before.show(reply("msg_2"));
    const second = await resumed(await other.byToken(token), 1);
    before.show(reply("msg_3"));
    await before.kept();
    assert.deepEqual(first.shown, [[1, "msg_1"], [2, "msg_2"]]);
    assert.deepEqual(second.shown, [[2, "msg_2"], [3, "msg_3"]]);
    assert.equal(first.hasMoved, true);
    assert.equal(one.present(before.id), undefined);
  }));

Deno.test("a session stays where it is for who looks for its reader: what is shown is left for that server", () =>
  pair(async ({ one, other, left }) => {
    const { session, token } = await one.create("Ada");
    const sink = await resumed(session, 0);
    assert.equal(await other.load(session.id), undefined);
    const reader = (await other.readerByToken(token))!;
    reader.show(reply("msg_1"));
    reader.show(reply("msg_1"));
    await reader.kept();
    assert.deepEqual(sink.shown, [[1, "msg_1"]]);
    assert.deepEqual(left, ["show for server_1", "show for server_1"]);
  }));

Deno.test("the session of a server that is gone is taken at once, and by one server alone", () =>
  pair(async (both) => {
    const { one, other, there, left } = both;
    const { session, token } = await one.create("Ada");
    there.delete("server_1");
    const taken = await other.byToken(token);
    assert.equal(taken?.id, session.id);
    assert.deepEqual(left, []);
    assert.equal(
      (await both.store.sessions.byId(serverPrincipal("server_2"), session.id))?.server_id,
      "server_2",
    );
  }));

Deno.test("a session that is asked for of who has it by now stays, and its connections, too", () =>
  pair(async ({ one }) => {
    const { session } = await one.create("Ada");
    const sink = await resumed(session, 0);
    await one.letGo(session.id, "server_1");
    session.show(reply("msg_1"));
    assert.deepEqual([sink.shown, sink.hasMoved], [[[1, "msg_1"]], false]);
  }));

Deno.test("a server that stood still lets go of what another has taken meanwhile", () =>
  pair(async ({ one, other, there }) => {
    const { session: before, token } = await one.create("Ada");
    there.delete("server_1");
    const sink = new Sink();
    await (await other.byToken(token))!.resume(sink, 0, () => {});
    there.add("server_1");
    await one.check();
    before.show(reply("msg_1"));
    await before.kept();
    assert.equal(sink.shown.length, 1);
    assert.equal(one.present(before.id), undefined);
  }));
