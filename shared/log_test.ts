import assert from "node:assert/strict";
import { jsonFormatter, prettyFormatter, sinkOfErrors } from "./log.ts";

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

Deno.test("sinkOfErrors() tells of errors as people read them, and of nothing else", () => {
  const heard: string[][] = [];
  const sink = sinkOfErrors((category, sentence) => heard.push([category, sentence]));
  for (const level of ["debug", "info", "warning", "error", "fatal"] as const) {
    const category = ["parley", "server", "roster"];
    sink({ category, level, message: ["It is ", level, "."], rawMessage: "", timestamp: 0, properties: {} });
  }
  assert.deepEqual(heard, [["server.roster", "It is error."], ["server.roster", "It is fatal."]]);
});

Deno.test("sinkOfErrors() tells of warnings as well where that is asked for", () => {
  const heard: string[] = [];
  const sink = sinkOfErrors((_, sentence) => heard.push(sentence), "warning");
  for (const level of ["trace", "debug", "info", "warning", "error", "fatal"] as const) {
    sink({ category: ["parley"], level, message: [level], rawMessage: "", timestamp: 0, properties: {} });
  }
  assert.deepEqual(heard, ["warning", "error", "fatal"]);
});
