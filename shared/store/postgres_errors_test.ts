/** What errors of PostgreSQL, its driver and the network mean. */
import assert from "node:assert/strict";
import { ParleyError } from "../error.ts";
import type { Failure } from "./dialect.ts";
import { explainPostgres, failureOfPostgres, isLost } from "./postgres_errors.ts";

const CASES: [string, string, Failure | undefined, boolean][] = [
  ["40P01", "deadlock detected", "raced", false],
  ["40001", "could not serialize access", "raced", false],
  ["23505", "duplicate key value violates unique constraint", "raced", false],
  ["57P01", "terminating connection due to administrator command", "cut", true],
  ["25P03", "terminating connection due to idle-in-transaction timeout", "cut", true],
  ["08006", "connection failure", "cut", true],
  ["ECONNRESET", "read ECONNRESET", "cut", true],
  ["", "Connection terminated unexpectedly", "cut", true],
  ["", "Client has encountered a connection error and is not queryable", "cut", true],
  ["", "Query read timeout", "away", true],
  ["", "timeout exceeded when trying to connect", "away", false],
  ["", "Connection terminated due to connection timeout", "away", false],
  ["57014", "canceling statement due to statement timeout", "away", false],
  ["57P03", "the database system is starting up", "away", false],
  ["25006", "cannot execute INSERT in a read-only transaction", "away", true],
  ["53100", "could not extend file: No space left on device", "away", false],
  ["53300", "sorry, too many clients already", "away", false],
  ["58030", "could not read block", "away", false],
  ["28P01", "password authentication failed", "away", false],
  ["3D000", "database does not exist", "away", false],
  ["ECONNREFUSED", "connect ECONNREFUSED", "away", true],
  ["ENOTFOUND", "getaddrinfo ENOTFOUND", "away", true],
];

for (const [code, message, failure, lost] of CASES) {
  Deno.test(`PostgreSQL's '${message}' is ${failure}${lost ? ", and its connection lost" : ""}`, () => {
    const error = Object.assign(new Error(message), code === "" ? {} : { code });
    assert.equal(failureOfPostgres(error), failure);
    assert.equal(isLost(error), lost);
    assert.equal(explainPostgres(error)?.code, "unavailable");
    assert.doesNotMatch(explainPostgres(error)?.message ?? "", /\d/, "nothing of the error is shown");
  });
}

Deno.test("PostgreSQL's refusal of a right says what to grant, and is no reason to try again", () => {
  const error = Object.assign(new Error("permission denied for schema public"), { code: "42501" });
  assert.equal(failureOfPostgres(error), undefined);
  assert.match(explainPostgres(error)?.message ?? "", /Grant it/);
});

Deno.test("explainPostgres() leaves alone what is a fault of ours", () => {
  for (const error of [new ParleyError("not_found", "x"), new TypeError("x is no function"), "x"]) {
    assert.equal(explainPostgres(error), undefined);
  }
  assert.equal(explainPostgres(Object.assign(new Error("syntax error"), { code: "42601" })), undefined);
});
