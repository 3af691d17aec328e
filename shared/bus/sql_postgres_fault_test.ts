import { strict as assert } from "node:assert";
import { judge, reasonOf } from "./sql_postgres_fault.ts";

const FAULTS: [error: unknown, fault: string][] = [
  [{ code: "57P01" }, "lost"],
  [{ code: "25006" }, "lost"],
  [{ code: "42P01" }, "lost"],
  [{ code: "40P01" }, "again"],
  [{ code: "22021" }, "data"],
  [{ code: "54000" }, "data"],
  [{ code: "53100" }, "refused"],
  [{ code: "42501" }, "refused"],
  [{ code: "ECONNRESET" }, "lost"],
  [new Error("Query read timeout"), "lost"],
  [undefined, "lost"],
];

for (const [error, fault] of FAULTS) {
  Deno.test(`PostgreSQL's error ${JSON.stringify(error)} is taken for '${fault}'`, () => {
    assert.equal(judge(error), fault);
  });
}

Deno.test("of several addresses that fail, the first is told", () => {
  const error = new AggregateError([new Error("connect ECONNREFUSED ::1:5432"), new Error("another")]);
  assert.equal(reasonOf(error), "cannot be reached: connect ECONNREFUSED ::1:5432");
});
