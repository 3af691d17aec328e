import { strict as assert } from "node:assert";
import { Inbox } from "./conformance/inbox.ts";
import { Settling } from "./sql_settling.ts";
import type { Fault, Settlement, SqlWire } from "./sql_wire.ts";

/** Settles on a wire whose first statements fail as `faults` says. */
function settling(...faults: Fault[]) {
  const [written, lost] = [new Inbox<Settlement>(), new Inbox<unknown>()];
  const settle = (settlement: Settlement) => {
    const fault = faults.shift();
    if (fault) return Promise.reject(new Error(fault));
    written.put(settlement);
    return Promise.resolve();
  };
  const judge = (error: unknown) => (error as Error).message as Fault;
  const wire = { settle } as Partial<SqlWire> as SqlWire;
  return { under: new Settling(wire, judge, (error) => lost.put(error)), written, lost };
}

Deno.test("what has become of messages is written together, without anybody's asking", async () => {
  const { under, written } = settling();
  under.add("removed", "1");
  under.add("returned", "2");
  under.add("removed", "3");
  assert.deepEqual(await written.next(), { removed: ["1", "3"], returned: ["2"], untouched: [] });
});

Deno.test("flush() resolves once everything is written, and writes nothing when nothing is to be said", async () => {
  const { under, written } = settling();
  under.add("untouched", "1");
  await under.flush();
  await under.flush();
  assert.deepEqual(written.rest(), [{ removed: [], returned: [], untouched: ["1"] }]);
});

Deno.test("a deadlock is tried again, with what has come meanwhile", async () => {
  const { under, written } = settling("again");
  under.add("removed", "1");
  await under.flush();
  under.add("removed", "2");
  assert.deepEqual((await written.next()).removed, ["1", "2"]);
});

Deno.test("with a lost wire what was gathered is forgotten: whoever claims the messages has them again", async () => {
  const { under, written, lost } = settling("lost");
  under.add("removed", "1");
  await under.flush();
  await lost.next();
  under.end();
  under.add("removed", "2");
  await under.flush();
  assert.deepEqual(written.rest(), []);
});
