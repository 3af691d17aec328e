import assert from "node:assert/strict";
import { UsageError } from "./fault.ts";
import { parseCommandLine } from "./program.ts";

const asked = (line: string) => parseCommandLine(line.split(" ").filter(Boolean), "1.2.3");

const WORK = [
  "agents",
  "-- agents --online --capability chat",
  "agents watch",
  "brokers",
  "send hello --to Ada",
  "send - --to Ada --timeout 5 --conversation conv_1",
  "command Ada -- df -h",
  "-- command Ada -- df -h",
  "command Ada --timeout 5 --wait -- git --version",
  "command Ada --function rotate --input {}",
  "commands",
  "approve cmd_1 --yes",
  "deny cmd_1",
  "cancel cmd_1",
  "task submit carve --param a=1 --param b=2 --json {} --json --need x --priority high --wait",
  "task submit carve --json @file --deadline 2h --agent Ada --parent task_1 --key k --timeout 5 --retries 0",
  "task list --status pending,failed --agent Ada --type carve --query x --parent task_1 --limit 5",
  "task show task_1",
  "task cancel task_1 task_2",
  "task retry task_1",
  "task watch",
  "task watch task_1",
  "task watch --ended --parent task_1",
  "pause Ada",
  "resume --all",
  "deregister --all --yes",
  "reregister Ada",
  "history Ada --from 2h --limit 5",
  "queues",
  "queues reset --yes",
  "dead-letters",
  "dead-letters replay x",
  "dead-letters delete x",
];

for (const line of WORK) {
  Deno.test(`parseCommandLine() takes '${line}'`, () => assert.equal(asked(line).kind, "work"));
}

Deno.test("parseCommandLine() takes what holds for all commands before and behind them", () => {
  for (const line of ["--json --server a:1 agents", "agents --json --server a:1"]) {
    const { options } = asked(line) as Extract<ReturnType<typeof asked>, { kind: "work" }>;
    assert.deepEqual(options, { json: true, server: "a:1", color: true });
  }
  const plain = asked("agents --no-color") as Extract<ReturnType<typeof asked>, { kind: "work" }>;
  assert.equal(plain.options.color, false);
});

const WRONG: [string, RegExp][] = [
  ["", /--help/],
  ["dance", /unknown command 'dance'/],
  ["agents --sideways", /unknown option '--sideways'/],
  ["command Ada df -h", /behind `--`/],
  ["command", /agent/],
  ["send one two", /too many arguments/],
  ["send hi --timeout soon", /seconds/],
  ["send hi --timeout 0", /seconds/],
  ["task submit", /type/],
  ["task cancel", /id/],
  ["task submit carve --retries some", /whole number/],
  ["history Ada --limit 0", /whole number/],
  ["agents --server", /argument missing/],
];

for (const [line, says] of WRONG) {
  Deno.test(`parseCommandLine() says what is wrong with '${line}'`, () => {
    assert.throws(() => asked(line), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, says);
      return true;
    });
  });
}

Deno.test("parseCommandLine() shows its version, and help for everything and for each command", () => {
  assert.deepEqual(asked("--version"), { kind: "show", text: "1.2.3\n" });
  for (const line of ["--help", "command --help", "agents watch --help", "help send"]) {
    const shown = asked(line) as Extract<ReturnType<typeof asked>, { kind: "show" }>;
    assert.match(shown.text, /Usage: /);
  }
});
