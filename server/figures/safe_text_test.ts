import assert from "node:assert/strict";
import { safeText } from "./safe_text.ts";

Deno.test("safeText() leaves out what is a password or a token", () => {
  const cases: [given: string, told: string][] = [
    ["amqp://ada:hunter2@host:5672 refused", "amqp://…@host:5672 refused"],
    ["postgres://u:p/w@d@host/db", "postgres://…@host/db"],
    ["Server=host;Password=hunter2;Database=x", "Server=host;Password=…;Database=x"],
    ["Pwd=hunter2,with:a=comma;Database=x", "Pwd=…;Database=x"],
    ["SharedAccessKey=abc+/=;AccountKey=def==", "SharedAccessKey=…;AccountKey=…"],
    [`AZURE_SQL_PASSWORD: "two words", then more`, "AZURE_SQL_PASSWORD: …, then more"],
    [`{"session_token":"abc","id":1}`, `{"session_token":…,"id":1}`],
    ["Authorization: Bearer abc.def was refused", "Authorization: … was refused"],
    ["sent Bearer abc.def to it", "sent Bearer … to it"],
    ["connect ECONNREFUSED 127.0.0.1:5672", "connect ECONNREFUSED 127.0.0.1:5672"],
    ["The password is wrong.", "The password is wrong."],
  ];
  for (const [given, told] of cases) assert.equal(safeText(given), told);
});

Deno.test("safeText() cuts at 500 characters, never in the middle of one, and is quick with whatever it is given", () => {
  assert.equal(safeText("x".repeat(500)), "x".repeat(500));
  assert.equal(safeText("x".repeat(501)), `${"x".repeat(499)}…`);
  assert.ok(safeText(`${"x".repeat(498)}🙂🙂`).isWellFormed());
  for (const part of ["://", "a.", "token", "token=", "Bearer ", "password "]) {
    const before = performance.now();
    assert.ok(safeText(part.repeat(100_000)).length <= 500);
    assert.ok(performance.now() - before < 1_000, part);
  }
});
