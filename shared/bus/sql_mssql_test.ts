import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import { Inbox, message } from "./conformance/inbox.ts";
import { openMssqlBus } from "./sql_mssql.ts";
import { judge, reasonOf } from "./sql_mssql_fault.ts";
import type { MssqlSession, Parameter, Row } from "./sql_mssql_session.ts";
import { MssqlWire } from "./sql_mssql_wire.ts";
import { toRow } from "./sql_row.ts";
import type { SqlEvent } from "./sql_wire.ts";

const GOLDEN = new URL("./testdata/mssql_bus.sql", import.meta.url);

/** A session that notes what it is told, and answers what it is given for a word of the statement. */
class Recorder implements MssqlSession {
  readonly said: { text: string; parameters: Record<string, Parameter> }[] = [];

  constructor(readonly answers: Record<string, Row[]> = {}) {}

  run(text: string, parameters: Record<string, Parameter> = {}): Promise<Row[]> {
    this.said.push({ text, parameters });
    const [, rows = []] = Object.entries(this.answers).find(([word]) => text.includes(word)) ?? [];
    return Promise.resolve(rows);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  break(): void {}
}

const LEASE: Record<string, Row[]> = {
  "insert into parley_bus_readers": [{ owner: 7 }],
  "update parley_bus_readers": [{ owner: 7 }],
};

/** Makes a wire whose sessions are one recorder. */
async function recordedWire(answers: Record<string, Row[]>, previous?: string) {
  const recorder = new Recorder({ ...answers, ...LEASE });
  const [woken, events] = [new Inbox<string>(), new Inbox<SqlEvent>()];
  const listener = {
    wake: (queue: string) => woken.put(queue),
    event: (event: SqlEvent) => events.put(event),
    lost: () => {},
  };
  const wire = new MssqlWire({ line: recorder, work: recorder, store: recorder }, listener, 30_000);
  await wire.begin(previous);
  return { wire, recorder, woken, events };
}

/** Has a wire say everything that it can. */
async function everything(): Promise<Recorder["said"]> {
  const { wire, recorder } = await recordedWire({}, "6");
  const rows = ["one", "two"].map((text) =>
    toRow("q", { id: text, body: text, headers: {}, key: "conv_1" }, { delayMs: 1.5, expiresMs: 60_000 })
  );
  await wire.publish(rows);
  await wire.publish([toRow("q", { id: "three", body: new Uint8Array([1]), headers: {} }, {})]);
  await wire.claim({ queue: "q", reader: 2, limit: 64 });
  await wire.settle({ removed: ["1", "2"], returned: ["3"], untouched: [] });
  await wire.care();
  await wire.bringDue();
  await wire.listen();
  await wire.look(["q", "r"]);
  await wire.emit([{ topic: "wake", json: '"web_1"' }]);
  await wire.count(["q"]);
  await wire.close();
  return recorder.said;
}

/** Writes each statement once, as it is sent, with the parameters that it was sent with first. */
function golden(said: Recorder["said"]): string {
  const once = new Map(said.map(({ text }) => [text, said.find((each) => each.text === text)!]));
  return [...once.values()].map(({ text, parameters }) => {
    const lines = Object.entries(parameters).map(([name, [type, value]]) =>
      `-- @${name} ${type} = ${value instanceof Uint8Array ? `0x${value.toHex()}` : JSON.stringify(value)}`
    );
    return [...lines, text.trim(), "go", ""].join("\n");
  }).join("\n");
}

Deno.test("SQL Server is told what testdata/mssql_bus.sql says (UPDATE_GOLDEN=1 writes it)", async () => {
  const text = golden(await everything());
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(GOLDEN, text);
  assert.equal(text, await Deno.readTextFile(GOLDEN));
});

Deno.test("SQL Server does nothing under a lock that it did not give", async () => {
  const texts = (await everything()).map(({ text }) => text).filter((text) => text.includes("sp_getapplock"));
  assert.equal(new Set(texts).size, 2);
  for (const text of texts) assert.match(text, /exec @locked = sp_getapplock .*\n\s*if @locked < 0 throw /);
});

/** What PostgreSQL or SQLite have, and T-SQL does not. */
const NOT_T_SQL: [what: string, pattern: RegExp][] = [
  ["LIMIT", /(?<!@)\blimit\b/i],
  ["RETURNING", /\breturning\b/i],
  ["ON CONFLICT", /\bon\s+conflict\b/i],
  ["SKIP LOCKED or FOR UPDATE", /\bskip\s+locked\b|\bfor\s+update\b/i],
  ["booleans", /\b(true|false)\b|\bis\s+(not\s+)?(true|false)\b|\bboolean\b/i],
  ["casts by ::", /::/],
  ["parameters by number", /\$\d/],
  ["|| for texts", /\|\|/],
  ["now()", /\bnow\s*\(/i],
  ["interval", /\binterval\b/i],
  ["quoting by backticks", /`/],
  ["a select of nothing", /\bselect\s+from\b/i],
  ["unnest or arrays", /\bunnest\b|\barray\b|\bany\s*\(/i],
  ["texts and timestamps of others", /\b(text|bytea|timestamptz|bigserial|jsonb)\b/i],
  ["IF NOT EXISTS at a table", /\btable\s+if\s+not\s+exists\b/i],
  ["USING at a deletion", /\bdelete\b[^;]*\busing\b/i],
];

Deno.test("no statement for SQL Server has what T-SQL does not have", async () => {
  for (const { text } of await everything()) {
    const found = NOT_T_SQL.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
    assert.deepEqual(found, [], text);
  }
});

Deno.test("what T-SQL does not have is found in PostgreSQL's statements, so the check can fail", async () => {
  const statements = Object.values(await import("./sql_postgres_text.ts")).join("\n");
  const found = NOT_T_SQL.filter(([, pattern]) => pattern.test(statements)).map(([what]) => what);
  for (const what of ["LIMIT", "RETURNING", "booleans", "casts by ::", "parameters by number", "now()"]) {
    assert.ok(found.includes(what), what);
  }
});

Deno.test("each statement for SQL Server names the parameters that it is sent with, and no others", async () => {
  for (const { text, parameters } of await everything()) {
    const declared = [...text.matchAll(/\bdeclare @(\w+)/g)].map(([, name]) => name);
    const ofProcedure = [...text.matchAll(/@(\w+) = (?=[@N\d])/g)].map(([, name]) => name)
      .filter((name) => /^[A-Z]/.test(name!));
    const named = new Set([...text.matchAll(/@(\w+)/g)].map(([, name]) => name!));
    for (const name of [...declared, ...ofProcedure]) named.delete(name!);
    named.delete("locked");
    assert.deepEqual([...named].sort(), Object.keys(parameters).sort(), text);
  }
});

Deno.test("MssqlWire reads what was claimed, in the order of the queue", async () => {
  const row = {
    attempts: 1,
    head: '{"id":"a","headers":{}}',
    body: new Uint8Array([123, 125]),
    is_text: true,
  };
  const { wire } = await recordedWire({
    "with taken": [
      { ...row, position: "12", priority: 3 },
      { ...row, position: "9", priority: 3 },
      { ...row, position: "40", priority: 1 },
    ],
    openjson: [{ queue: "q" }],
  });
  const { rows, more } = await wire.claim({ queue: "q", reader: 1, limit: 64 });
  assert.deepEqual(rows.map(({ position }) => position), ["40", "9", "12"]);
  assert.equal(more, true);
});

Deno.test("MssqlWire wakes the readers of this process at once, and tells when the next delay is over", async () => {
  const { wire, woken } = await recordedWire({
    "top (1000) queue": [{ queue: "due" }],
    next_ms: [{ next_ms: "250" }],
  });
  await wire.publish(["q", "q", "r"].map((queue) => toRow(queue, message("x"), {})));
  assert.equal(await wire.bringDue(), 250);
  assert.deepEqual(woken.rest(), ["q", "r", "due"]);
});

Deno.test("MssqlWire hands out an event once, and none of before it listened", async () => {
  const event = (position: string) => ({ position, topic: "wake", json: position });
  const rows = [event("1")];
  const { wire, events } = await recordedWire({ "select position, topic": rows });
  await wire.look([]);
  await wire.listen();
  // The second was begun before the third, and is seen after it.
  rows.push(event("3"));
  assert.equal((await wire.look([])).isLively, true);
  rows.push(event("2"));
  await wire.look([]);
  assert.equal((await wire.look([])).isLively, false);
  assert.deepEqual(events.rest().map(({ json }) => json), ["3", "2"]);
});

Deno.test("MssqlWire throws when its lease has gone to nobody", async () => {
  const { wire, recorder } = await recordedWire({});
  delete recorder.answers["update parley_bus_readers"];
  await assert.rejects(wire.care(), /the lease was lost/);
});

const FAULTS: [error: unknown, fault: string][] = [
  [{ code: "EREQUEST", number: 1205 }, "again"],
  [{ code: "EREQUEST", number: 50000 }, "again"],
  [{ code: "EREQUEST", number: 8152 }, "data"],
  [{ code: "EREQUEST", number: 1105 }, "refused"],
  [{ code: "EREQUEST", number: 208 }, "lost"],
  [{ code: "EREQUEST", number: 1105, class: 20 }, "lost"],
  [{ code: "ETIMEOUT" }, "lost"],
  [new Error("socket hang up"), "lost"],
  [undefined, "lost"],
];

for (const [error, fault] of FAULTS) {
  Deno.test(`SQL Server's error ${JSON.stringify(error)} is taken for '${fault}'`, () => {
    assert.equal(judge(error), fault);
  });
}

Deno.test("a refused login and missing rights are told as what they are", () => {
  assert.match(reasonOf({ code: "ELOGIN" }), /refused the login.*BUS_URL/);
  assert.match(reasonOf({ code: "EREQUEST", number: 262 }), /administrator/);
  assert.match(reasonOf(new Error("nobody home")), /cannot be reached: nobody home/);
});

/** Opens the bus at `port`, and checks that publishing throws in time and that what is told shows no password. */
async function assertAway(port: number, says: RegExp): Promise<void> {
  const details = new Inbox<string>();
  await using bus = await openMssqlBus(
    `mssql://sa:secret@127.0.0.1:${port}/parley?connectTimeout=1&encrypt=no`,
    {
      onStateChange: (state, detail) => details.put(`${state}: ${detail}`),
      timeoutMs: 1_500,
    },
  );
  await assert.rejects(
    bus.publish("q", message("waits")),
    (error) => error instanceof ParleyError && error.code === "unavailable",
  );
  const detail = await details.next();
  assert.match(detail, /^connecting: SQL Server at 127\.0\.0\.1:\d+ cannot be reached: /);
  assert.match(detail, says);
  assert.doesNotMatch(detail, /secret/);
}

Deno.test("mssql: at a closed port publishing throws in time, and why is told", async () => {
  await assertAway(1, /ECONNREFUSED/);
});

Deno.test("mssql: a listener that never answers is given up, and publishing throws in time", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) taken.push(connection);
  })();
  await assertAway(listener.addr.port, /in 1000ms/);
  listener.close();
  await accepting;
  for (const connection of taken) connection.close();
});

Deno.test("mssql: a peer that hangs up at once is no server, and publishing throws in time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })();
  await assertAway(listener.addr.port, /cannot be reached/);
  listener.close();
  await accepting;
});
