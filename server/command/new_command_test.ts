import { strict as assert } from "node:assert";
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { newCommandSchema } from "../../shared/model/command.ts";
import { newRecord, shellLine } from "./new_command.ts";
import { AT_MS } from "./testing/record.ts";

const record = (asked: object) =>
  newRecord(newCommandSchema.parse(asked), {
    agentId: "agent_1",
    requestedBy: "web_ada",
    defaultTimeoutS: 300,
    nowMs: AT_MS,
  });

Deno.test("arguments with newlines, quotes and ; are kept as they are, and content says them for a shell", async () => {
  const words = [
    "printf",
    "%s|",
    "a b",
    "it's",
    'say "hi"',
    "x; rm -rf /",
    "two\nlines",
    "$HOME `id` \\",
    "",
    "é😀",
  ];
  const { arguments: args, content } = record({ arguments: words });
  assert.deepEqual(args, words);
  assert.equal(content, shellLine(words));
  const { stdout } = await new Deno.Command("sh", { args: ["-c", content] }).output();
  assert.equal(new TextDecoder().decode(stdout), words.slice(2).map((word) => `${word}|`).join(""));
});

Deno.test("newRecord() fills in what is left open", () => {
  const { type, timeout_s, if_offline, status, command_id } = record({ content: "df -h" });
  assert.deepEqual([type, timeout_s, if_offline, status], ["shell", 300, "error", "waiting"]);
  assert.match(command_id, /^cmd_[0-9a-z]{8,}$/);
  assert.equal(record({ content: "df", timeout_s: 2.5, command_id: "mine-1" }).timeout_s, 2.5);
  assert.equal(record({ type: "script", content: "print(1)", arguments: ["a"] }).content, "print(1)");
  assert.equal(record({ type: "rotate-logs" }).content, "");
  assert.equal(record({ type: "Shell", arguments: ["df"] }).type, "shell");
  assert.equal(record({ type: "rotateLogs" }).type, "rotateLogs");
});

const REFUSED: [what: string, asked: object, code: ErrorCode, names: string][] = [
  ["nothing to run", {}, "invalid_message", "content"],
  ["blanks to run", { content: "  \n" }, "invalid_message", "content"],
  ["a script without its text", { type: "python", arguments: ["a"] }, "invalid_message", "content"],
  ["two things to run", { content: "df", arguments: ["rm", "-r", "/"] }, "invalid_message", "content"],
  [
    "two things to run, in capitals",
    { type: "SHELL", content: "df", arguments: ["rm"] },
    "invalid_message",
    "content",
  ],
  [
    "a script in capitals without its text",
    { type: "Python", arguments: ["a"] },
    "invalid_message",
    "content",
  ],
  ["a NUL in an argument", { arguments: ["cat", "a\0b"] }, "invalid_message", "arguments"],
  ["a control of the server's own", { type: "Shutdown" }, "unsupported_type", "Shutdown"],
  ["a pause", { type: "pause", content: "x" }, "unsupported_type", "/pause"],
  ["a type with a line break", { type: "a\nb", content: "x" }, "invalid_message", "type"],
  ["another kind's id", { content: "df", command_id: "msg_1" }, "invalid_message", "command_id"],
  [
    "arguments that are too long together",
    { arguments: Array(6).fill("x".repeat(100_000)) },
    "too_large",
    "500000",
  ],
];

for (const [what, asked, code, names] of REFUSED) {
  Deno.test(`newRecord() refuses ${what}`, () => {
    assert.throws(
      () => record(asked),
      (error) => error instanceof ParleyError && error.code === code && error.message.includes(names),
    );
  });
}
