import { strict as assert } from "node:assert";
import { MOST_DESCRIPTION_BYTES } from "../../shared/model/command.ts";
import { type Asked, decide, type Decision } from "./decision.ts";
import { digestOf, type Plan, type Surroundings } from "./plan.ts";
import { parsePolicy, type Policy } from "./policy.ts";

/** The directories of a machine that is not there, and what links make of them. */
const TRUE_PATHS: Record<string, string> = {
  "/home/ada": "/home/ada",
  "/srv/app": "/srv/app",
  "/srv/app/logs": "/srv/app/logs",
  "/srv/app/../application": "/srv/application",
  "/srv/app/../app/logs": "/srv/app/logs",
  "/srv/application": "/srv/application",
  "/srv/app/out": "/etc",
  "/etc": "/etc",
  "/var/log": "/var/log",
};
const HERE: Surroundings = {
  environment: { PATH: "/bin", HOME: "/home/ada", MISTRAL_API_KEY: "secret", KUBECONFIG: "/k", TMPDIR: "/t" },
  startedIn: "/home/ada",
  realDirectory: (path) => TRUE_PATHS[path],
};

function policyOf(entries: unknown[], allow: string[] = []): Policy {
  return parsePolicy({ allow, file: { name: "p.json", text: JSON.stringify({ allow: entries }) } });
}

function asked(more: Partial<Asked>): Asked {
  return {
    commandId: "cmd_1",
    type: "shell",
    content: "",
    arguments: [],
    parameters: {},
    timeoutS: 0,
    ...more,
  };
}

function planOf(decision: Decision): Plan {
  assert.ok(decision.kind === "run", JSON.stringify(decision));
  return decision.plan;
}

const POLICY = policyOf([
  { program: "git", arguments: ["log", "**"], directory: ["/srv/app", "/var/log"], timeout_s: 20 },
  { program: "echo", arguments: ["*"] },
  { shell: true, lines: ["df -h | sort"] },
  { interpreter: "python3", options: ["-I"], approve: true },
], ["df -h", "git status *"]);

const RUNS: [asked: Partial<Asked>, program: string, args: string[]][] = [
  [{ content: "df -h" }, "df", ["-h"]],
  [{ arguments: ["df", "-h"] }, "df", ["-h"]],
  [{ content: "something for people", arguments: ["df", "-h"] }, "df", ["-h"]],
  [{ arguments: ["echo", "a\nb; 'c' \"d\" $(e)"] }, "echo", ["a\nb; 'c' \"d\" $(e)"]],
  [{ content: "echo 'a; b'" }, "echo", ["a; b"]],
  [{ content: "git status --short ." }, "git", ["status", "--short", "."]],
  [{ content: "df -h | sort" }, "sh", ["-c", "df -h | sort"]],
  [{ type: "script", content: "print(1)", arguments: ["-x", "y"] }, "python3", ["-I", "-x", "y"]],
  [{ type: "script", content: "print(1)", parameters: { interpreter: "python3" } }, "python3", ["-I"]],
  [{ type: "python", content: "print(1)" }, "python3", ["-I"]],
];

for (const [given, program, args] of RUNS) {
  Deno.test(`decide() runs ${JSON.stringify(given)} as a program and a list`, () => {
    const plan = planOf(decide(POLICY, asked(given), HERE));
    assert.deepEqual([plan.program, plan.args], [program, args]);
  });
}

const REFUSED: [policy: Policy, asked: Partial<Asked>, code: string, says: RegExp][] = [
  [policyOf([]), { content: "df -h" }, "forbidden", /does not allow df -h\. .* --allow-command 'df -h'/],
  [policyOf([]), { content: "df -h; id" }, "forbidden", /Nothing here is a shell, so `;`/],
  [policyOf([]), { type: "script", content: "1" }, "forbidden", /allows no scripts\. .*"interpreter"/],
  [
    policyOf([]),
    { type: "python", content: "1" },
    "forbidden",
    /no scripts for 'python3'\. .*\{"interpreter":"python3"\}/,
  ],
  [POLICY, { content: "" }, "invalid_message", /Which program/],
  [POLICY, { content: "df -h /" }, "forbidden", /--allow-command 'df -h \/'/],
  [POLICY, { content: "/tmp/df -h" }, "forbidden", /does not allow/],
  [
    POLICY,
    { arguments: ["df -h"] },
    "forbidden",
    /no program called 'df -h'\. .*words of their own.*"lines":\["df -h"\]/,
  ],
  [
    POLICY,
    { arguments: ["ls *|sort"] },
    "forbidden",
    /--line\), .*\{"shell":true,"lines":\["ls \\\\\*\|sort"\]\}/,
  ],
  [POLICY, { arguments: ["rm", "a\nb*"] }, "forbidden", /"arguments":\["a\\nb\\\\\*"\]\} in the policy file/],
  [POLICY, { content: "echo -e" }, "forbidden", /does not allow echo -e/],
  [POLICY, { content: "git -c core.fsmonitor=x status" }, "forbidden", /does not allow/],
  [
    POLICY,
    { content: "df -h | sort; id" },
    "forbidden",
    /not allow the shell line .*\{"shell":true,"lines":\["df -h \| sort; id"\]\}/,
  ],
  [POLICY, { content: "df 'x" }, "invalid_message", /never finished/],
  [POLICY, { arguments: ["echo", "a\0b"] }, "invalid_message", /NUL/],
  [POLICY, { type: "python", content: " " }, "invalid_message", /which is empty/],
  [POLICY, { type: "script", content: "1", parameters: { interpreter: "perl" } }, "forbidden", /'perl'/],
  [POLICY, { content: "df -h", parameters: { directory: "/etc" } }, "forbidden", /'\/etc' is no directory/],
];

for (const [policy, given, code, says] of REFUSED) {
  Deno.test(`decide() refuses ${JSON.stringify(given)} and says why`, () => {
    const decision = decide(policy, asked(given), HERE);
    assert.ok(decision.kind === "refuse", JSON.stringify(decision));
    assert.equal(decision.code, code);
    assert.match(decision.reason, says);
  });
}

const DIRECTORIES: [wanted: string | undefined, runsIn: string | undefined][] = [
  [undefined, "/srv/app"],
  ["logs", "/srv/app/logs"],
  ["/srv/app", "/srv/app"],
  ["/srv/app/logs", "/srv/app/logs"],
  ["/var/log", "/var/log"],
  ["../app/logs", "/srv/app/logs"],
  ["../application", undefined],
  ["/srv/application", undefined],
  ["out", undefined],
  ["/etc", undefined],
  ["nowhere", undefined],
];

for (const [wanted, runsIn] of DIRECTORIES) {
  Deno.test(`decide() lets git log ${runsIn ? `run in ${runsIn}` : "not run"} when asked for ${wanted ?? "nothing"}`, () => {
    const parameters: Record<string, string> = wanted === undefined ? {} : { directory: wanted };
    const decision = decide(POLICY, asked({ content: "git log", parameters }), HERE);
    assert.equal(decision.kind === "run" ? decision.plan.directory : undefined, runsIn);
  });
}

Deno.test("decide() takes the first entry that fits, also by its directory", () => {
  const policy = policyOf([{ program: "ls", timeout_s: 1 }, {
    program: "ls",
    directory: "/srv/app",
    timeout_s: 2,
  }]);
  assert.equal(planOf(decide(policy, asked({ content: "ls" }), HERE)).timeoutMs, 1_000);
  const there = asked({ content: "ls", parameters: { directory: "/srv/app" } });
  assert.equal(planOf(decide(policy, there, HERE)).timeoutMs, 2_000);
});

const TIMES: [owners: number | undefined, askedFor: number, ms: number][] = [
  [undefined, 0, 300_000],
  [undefined, 1_000, 1_000_000],
  [20, 0, 20_000],
  [20, 5, 5_000],
  [20, 60, 20_000],
];

for (const [owners, timeoutS, ms] of TIMES) {
  Deno.test(`decide() gives ${ms} ms where the owner says ${owners} s and the command ${timeoutS} s`, () => {
    const policy = policyOf([{ program: "df", ...owners === undefined ? {} : { timeout_s: owners } }]);
    assert.equal(planOf(decide(policy, asked({ content: "df", timeoutS }), HERE)).timeoutMs, ms);
  });
}

Deno.test("decide() gives a program only what it needs of the environment, and what the owner names", () => {
  const policy = policyOf([{
    program: "kubectl",
    environment: { KUBECONFIG: true, MODE: "read", ABSENT: true },
  }]);
  const { environment } = planOf(decide(policy, asked({ content: "kubectl" }), HERE));
  assert.deepEqual(environment, {
    PATH: "/bin",
    HOME: "/home/ada",
    TMPDIR: "/t",
    KUBECONFIG: "/k",
    MODE: "read",
  });
});

Deno.test("digestOf() differs when anything differs that would run", () => {
  const plan = planOf(decide(POLICY, asked({ type: "python", content: "print(1)" }), HERE));
  const others: Partial<Plan>[] = [
    { program: "/x" },
    { args: ["-I", ""] },
    { script: { text: "print(2)", at: 1 } },
    { directory: "/" },
    { environment: { ...plan.environment, A: "b" } },
    { timeoutMs: 1 },
  ];
  const digests = [
    digestOf(plan, "cmd_1"),
    digestOf(plan, "cmd_2"),
    ...others.map((other) => digestOf({ ...plan, ...other }, "cmd_1")),
  ];
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(digestOf(structuredClone(plan), "cmd_1"), digests[0]);
});

Deno.test("decide() shows a script as it is to who approves it, without what hides", () => {
  const plan = planOf(
    decide(POLICY, asked({ type: "python", content: "a = 1\n\u001b[2Kb\u202e\u3164\u00a0\tc" }), HERE),
  );
  assert.equal(plan.approve, true);
  assert.equal(plan.description, "python3 -I SCRIPT\na = 1\n\\u{1b}[2Kb\\u{202e}\\u{3164}\\u{a0}\tc");
});

Deno.test("decide() refuses what a person should approve but cannot be shown whole, to the byte", () => {
  const policy = policyOf([{ interpreter: "python3", approve: true }, { interpreter: "sh" }]);
  const decideFor = (content: string, interpreter: string) =>
    decide(policy, asked({ type: "script", content, parameters: { interpreter } }), HERE);
  const fits = "x".repeat(MOST_DESCRIPTION_BYTES - "python3 SCRIPT\n".length);
  assert.equal(planOf(decideFor(fits, "python3")).description, `python3 SCRIPT\n${fits}`);
  for (const longer of [`${fits}x`, `${fits.slice(1)}é`, `${fits.slice(1)}\u001b`]) {
    const decision = decideFor(longer, "python3");
    assert.ok(decision.kind === "refuse" && decision.code === "too_large", longer.slice(-2));
    assert.match(decision.reason, /A person has to approve this, and can be shown 8192 bytes/);
  }
  assert.match(planOf(decideFor(fits.repeat(2), "sh")).description, /bytes were cut out here/);
});
