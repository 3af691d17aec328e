import assert from "node:assert/strict";
import { jsonFormatter, prettyFormatter } from "./log.ts";

Deno.test("prettyFormatter() writes one line for people: time, level, module and the sentence with plain values", () => {
  const line = prettyFormatter(false)({
    category: ["parley", "server", "delivery"],
    level: "warning",
    message: [
      "Will be tried again: ",
      new Error("refused", { cause: new Error("port 5672") }),
      " by ",
      "Ada",
      "",
    ],
    rawMessage: "",
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    properties: { hidden: true },
  });
  assert.equal(
    line.trimEnd(),
    "03:04:05.678 [warning] server.delivery: Will be tried again: refused: port 5672 by Ada",
  );
});

Deno.test("jsonFormatter() writes one object a line, with the sentence as people read it, and its values beside it", () => {
  const line = jsonFormatter()({
    category: ["parley", "agent"],
    level: "info",
    message: ["", "Ada", " failed: ", new Error("refused", { cause: new Error("port 1") }), ""],
    rawMessage: "{name} failed: {error}",
    timestamp: Date.UTC(2026, 0, 2),
    properties: { name: "Ada" },
  });
  const { message, properties, level } = JSON.parse(line);
  assert.deepEqual([message, properties.name, level], ["Ada failed: refused: port 1", "Ada", "INFO"]);
  assert.equal(line.trimEnd().includes("\n"), false);
});
