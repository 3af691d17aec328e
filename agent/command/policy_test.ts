import { strict as assert } from "node:assert";
import { ConfigError } from "../../shared/config.ts";
import { describePolicy, parsePolicy } from "./policy.ts";

const fromFile = (value: unknown) =>
  parsePolicy({ allow: [], file: { name: "policy.json", text: JSON.stringify(value) } });

Deno.test("nothing may run where nobody said what", () => {
  const { programs, shells, scripts } = parsePolicy({ allow: [] });
  assert.deepEqual([programs, shells, scripts], [[], [], []]);
});

const ALLOWED: [line: string, program: string, args: string[]][] = [
  ["df -h", "df", ["-h"]],
  ["git status *", "git", ["status", "-**"]],
  ["uptime", "uptime", []],
  ["/bin/echo 'a b'", "/bin/echo", ["a b"]],
  ["ls * /x", "ls", ["*", "/x"]],
];

for (const [line, program, args] of ALLOWED) {
  Deno.test(`--allow-command '${line}' allows ${program} with ${JSON.stringify(args)}`, () => {
    const [entry] = parsePolicy({ allow: [line] }).programs;
    assert.deepEqual([entry!.program, entry!.arguments], [program, args]);
  });
}

Deno.test("a policy file says programs, shell lines and interpreters, with their limits", () => {
  const policy = fromFile({
    allow: [
      {
        program: "df",
        arguments: ["-h"],
        timeout_s: 5,
        max_output_bytes: 1_000,
        environment: { A: "b", C: true },
      },
      { shell: true, lines: ["df | sort"], directory: "/tmp", approve: true },
      { interpreter: "python3", options: ["-I"], directory: ["/srv", "/tmp"] },
    ],
    approval_expires_s: 60,
    max_concurrent: 2,
  });
  assert.deepEqual([policy.approvalExpiresMs, policy.maxConcurrent], [60_000, 2]);
  assert.deepEqual(policy.programs[0]!.environment, { A: "b", C: true });
  assert.deepEqual([policy.shells[0]!.program, policy.shells[0]!.directory], ["sh", ["/tmp"]]);
  assert.deepEqual([policy.scripts[0]!.program, policy.scripts[0]!.approve], ["python3", false]);
  assert.deepEqual(describePolicy(policy), [
    "`df -h`",
    "the shell line `df | sort` (a person must approve)",
    "scripts for `python3`",
  ]);
});

const FAULTS: [value: unknown, says: RegExp][] = [
  [[], /policy\.json: Invalid input/],
  [{}, /policy\.json\.allow: /],
  [{ allow: [], deny: [] }, /policy\.json: Unrecognized key: "deny"\./],
  [{ allow: [{ program: "df" }, "df"] }, /allow\[1\]: Allowed is an entry with a program/],
  [{ allow: [{ program: "df", argument: [] }] }, /allow\[0\]: Unrecognized key: "argument"\./],
  [
    { allow: [{ program: "bin/df" }] },
    /allow\[0\]\.program: Allowed is a name to find on PATH, or an absolute path\./,
  ],
  [{ allow: [{ program: "df", arguments: "-h" }] }, /allow\[0\]\.arguments: /],
  [
    { allow: [{ program: "df", arguments: ["**", "-h"] }] },
    /allow\[0\]\.arguments\[0\]: `\*\*`.* stand alone/,
  ],
  [{ allow: [{ program: "df", directory: "srv" }] }, /allow\[0\]\.directory: Allowed is an absolute path/],
  [{ allow: [{ program: "df", environment: { "A-B": "x" } }] }, /allow\[0\]\.environment\.A-B: /],
  [
    { allow: [{ program: "df", environment: { A: 1 } }] },
    /allow\[0\]\.environment\.A: Allowed is a text, or true/,
  ],
  [{ allow: [{ program: "df", timeout_s: 0 }] }, /allow\[0\]\.timeout_s: /],
  [{ allow: [{ program: "df", max_output_bytes: 2_000_000 }] }, /allow\[0\]\.max_output_bytes: /],
  [
    { allow: [{ program: "df", shell: true }] },
    /allow\[0\]\.lines: .*\n.*allow\[0\]: Unrecognized key: "program"/,
  ],
  [{ allow: [{ shell: "yes", lines: ["x"] }] }, /allow\[0\]\.shell: /],
  [{ allow: [{ shell: true, lines: ["df", "df **"] }] }, /allow\[0\]\.lines\[1\]: `\*\*` stands alone/],
  [
    { allow: [{ interpreter: "sh" }, { program: "df" }, { interpreter: "sh", approve: true }] },
    /allow\[2\]\.interpreter: sh has an entry already \(policy\.json: allow\[0\]\)/,
  ],
  [{ allow: [{ interpreter: "py thon" }] }, /allow\[0\]\.interpreter: Allowed is a name such as python3\./],
];

for (const [value, says] of FAULTS) {
  Deno.test(`the policy ${JSON.stringify(value)} is refused by the name of what is wrong`, () => {
    assert.throws(() => fromFile(value), (error) => error instanceof ConfigError && says.test(error.message));
  });
}

for (const file of ["README.md", "agent/command/policy.ts"]) {
  Deno.test(`the policy shown in ${file} is one`, async () => {
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    const [, json] = /```json\n([^]*?)```/.exec(text)!;
    assert.ok(describePolicy(fromFile(JSON.parse(json!.replaceAll(/^ \* ?/gm, "")))).length > 3);
  });
}

Deno.test("faults of the file and of --allow-command are told together", () => {
  const file = { name: "p.json", text: '{"allow":[{}]}' };
  assert.throws(() => parsePolicy({ allow: ["a | b", "", "df 'x"], file }), (error) => {
    const { message } = error as Error;
    return /p\.json: allow\[0\]/.test(message) &&
      /--allow-command "a \| b": Nothing here is a shell/.test(message) &&
      /--allow-command ""\.program: /.test(message) && /never finished/.test(message);
  });
  assert.throws(() => parsePolicy({ allow: [], file: { name: "p.json", text: "{" } }), /p\.json is no JSON/);
});
