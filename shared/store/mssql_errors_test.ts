/** What errors of SQL Server, its driver and the network mean. */
import assert from "node:assert/strict";
import { ParleyError } from "../error.ts";
import type { Failure } from "./dialect.ts";
import { explainMssql, failureOfMssql } from "./mssql_errors.ts";

const CASES: [string, Record<string, unknown>, Failure | undefined][] = [
  ["Transaction was deadlocked", { code: "EREQUEST", number: 1205 }, "raced"],
  ["Violation of UNIQUE KEY constraint", { code: "EREQUEST", number: 2627 }, "raced"],
  ["Cannot insert duplicate key row with unique index", { code: "EREQUEST", number: 2601 }, "raced"],
  ["Two servers wait for each other.", { code: "EREQUEST", number: 51205 }, "raced"],
  ["Another server takes too long.", { code: "EREQUEST", number: 51222 }, "away"],
  ["Connection lost - read ECONNRESET", { code: "ESOCKET" }, "cut"],
  ["Connection closed before request completed.", { code: "ECLOSE" }, "cut"],
  ["Requests can only be made in the LoggedIn state", { code: "EINVALIDSTATE" }, "cut"],
  ["Failed to connect to x:1 - connect ECONNREFUSED", { code: "ESOCKET" }, "away"],
  ["Failed to connect to x:1 in 15000ms", { code: "ETIMEOUT" }, "away"],
  ["Timeout: Request failed to complete in 30000ms", { code: "ETIMEOUT" }, "away"],
  ["The connection ended without ever completing the connection", {}, "away"],
  ["operation timed out for an unknown reason", {}, "away"],
  ["Failed to connect to x:1 - self-signed certificate", { code: "ESOCKET" }, "away"],
  ["Server does not support encryption", { code: "EENCRYPT" }, "away"],
  ["Login failed for user 'ada'.", { code: "ELOGIN", number: 18456 }, "away"],
  ["Security token could not be authenticated", { code: "EFEDAUTH" }, "away"],
  ["The transaction log for the database is full", { code: "EREQUEST", number: 9002 }, "away"],
  ["The database is read-only", { code: "EREQUEST", number: 3906 }, "away"],
  ["Database is not currently available", { code: "EREQUEST", number: 40613 }, "away"],
];

for (const [message, fields, failure] of CASES) {
  Deno.test(`SQL Server's '${message}' is ${failure}`, () => {
    const error = Object.assign(new Error(message), fields);
    assert.equal(failureOfMssql(error), failure);
    assert.equal(explainMssql(error)?.code, "unavailable");
    const several = [error, new Error("and so on")];
    assert.equal(failureOfMssql(several), failure, "the first of several counts");
    assert.equal(failureOfMssql(new AggregateError(several)), failure, "the first of several counts");
  });
}

Deno.test("SQL Server's refusal of a right says what to grant, and is no reason to try again", () => {
  const error = Object.assign(new Error("permission denied"), { code: "EREQUEST", number: 229 });
  assert.equal(failureOfMssql(error), undefined);
  assert.match(explainMssql(error)?.message ?? "", /Grant it/);
});

Deno.test("explainMssql() leaves alone what is a fault of ours", () => {
  const syntax = Object.assign(new Error("Incorrect syntax"), { code: "EREQUEST", number: 102 });
  for (const error of [new ParleyError("not_found", "x"), new TypeError("x is no function"), syntax, "x"]) {
    assert.equal(explainMssql(error), undefined);
  }
});
