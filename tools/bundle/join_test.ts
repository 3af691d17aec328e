import assert from "node:assert/strict";
import { asAscii, fromNpm } from "../bundle_agent.ts";
import { joinModules, parseModule } from "./join.ts";

/** Runs what was joined of `files`, and gives what it printed. */
async function printedBy(files: Record<string, string>): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(path, joinModules(new Map(Object.entries(files)), "./main.js"));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["run", path] }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("joinModules() makes one program of modules in every form that the bundler writes", async () => {
  const printed = await printedBy({
    "./main.js": `import {
  a as one,
  $two,
} from "./chunk-A.js";
import "./chunk-B.js";
import all, { sep as separator } from "node:path";
import * as events from "node:events";

// main.ts
console.log(one, $two(), all.sep === separator, typeof events.EventEmitter);
console.log((await_it) => await_it, import.meta.main);
import("./late-C.js").then(({ late }) => late()).then(() => import("./late-C.js")).then(({ late }) => late());
`,
    "./chunk-A.js": `import {
  b
} from "./chunk-B.js";

var one = "one " + b;
function two() { return "two"; }
console.log("A");

export {
  one as a,
  two as $two
};
`,
    "./chunk-B.js": `var b = "b";
console.log("B");
export {
  b
};
`,
    "./late-C.js": `import {
  b
} from "./chunk-B.js";
import { basename } from "node:path";
import {
  d
} from "./late-D.js";
console.log("C");
function late() { console.log("late", b, basename("/x/y"), d); }
export { late };
`,
    "./late-D.js": `console.log("D");
var d = "d";
export { d };
`,
  });
  const said = printed.trim().split("\n");
  assert.deepEqual(said, [
    "B",
    "A",
    "one b two true function",
    "[Function (anonymous)] true",
    "D",
    "C",
    "late b y d",
    "late b y d",
  ]);
});

const REFUSED: [string, Record<string, string>, RegExp][] = [
  [
    "modules in a circle",
    {
      "./main.js": 'import "./a.js";',
      "./a.js": 'import { b } from "./b.js";',
      "./b.js": 'import { a } from "./a.js";',
    },
    /\.\/a\.js → \.\/b\.js → \.\/a\.js import each other/,
  ],
  ["a module that is not there", { "./main.js": 'import "./a.js";' }, /\.\/main\.js imports \.\/a\.js/],
  [
    "an export that is assigned anew",
    { "./main.js": "var n = 0;\n  n = 1;\nexport {\n  n\n};" },
    /assigns 'n' anew/,
  ],
  [
    "an export that is counted up",
    { "./main.js": "let $n = 0;\nf(() => $n++);\nexport { $n as n };" },
    /'\$n' anew/,
  ],
];
for (const [what, files, message] of REFUSED) {
  Deno.test(`joinModules() refuses ${what}`, () => {
    assert.throws(() => joinModules(new Map(Object.entries(files)), "./main.js"), { message });
  });
}

Deno.test("parseModule() takes an export that is compared, or another's property, for no assignment", () => {
  const text = "var n = 1;\nif (n === 2 || x.n++) {}\n  n == 3;\nexport {\n  n as m\n};";
  assert.deepEqual(parseModule("./a.js", text).exports, [{ name: "m", local: "n" }]);
});

Deno.test("asAscii() keeps what texts, patterns and names mean", () => {
  const source = "const é = ['…', `\\n‘${'😀'}`, /[’]/u.test('’'), /^.$/u.test('😀')]; return é.join('|');";
  const ascii = asAscii(source);
  assert.doesNotMatch(ascii, /[^\0-\x7f]/);
  assert.equal(new Function(ascii)(), new Function(source)());
});

Deno.test("fromNpm() leaves packages to npm, where Deno does not see them before they are used", () => {
  const source = 'import("tedious"); await import("@azure/identity"); import("./own.js"); import("pg");';
  const [table, ...rest] = fromNpm(source).split("\n");
  assert.match(table!, /^const __npm = \{.*"tedious":"npm:tedious@[\d.]+".*\};$/);
  const others = 'import("./own.js"); import("pg");';
  assert.equal(rest.join(), `import(__npm["tedious"]); await import(__npm["@azure/identity"]); ${others}`);
});
