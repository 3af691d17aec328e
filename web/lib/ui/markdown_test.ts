import { expect } from "expect";
import fc from "../../../shared/testing/property.ts";
import { safeLink } from "./link.ts";
import { type Element, GrowingMarkdown, type Node, parseMarkdown } from "./markdown.ts";
import { inert, oneLine } from "./plain_text.ts";

const show = (node: Node): string => {
  if (typeof node === "string") return node;
  const { tag, children, attributes: { language, href, checked } = {} } = node;
  if (tag === "input") return checked ? "[x]" : "[ ]";
  return `<${[tag, language, href].filter(Boolean).join(" ")}>${children.map(show).join("")}</${tag}>`;
};
const ALLOWED_TAGS =
  "p h3 h4 h5 h6 blockquote ul ol li hr br strong em del code pre a input table thead tbody tr th td div"
    .split(" ");
const shown = (source: string) => parseMarkdown(source).map(show).join("");

Deno.test("parseMarkdown() knows what people write", () => {
  const cases: [source: string, shown: string][] = [
    ["a **b** _c_ ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>"],
    ["# One\n\n###### Six", "<h3>One</h3><h6>Six</h6>"],
    ["a\nb", "<p>a<br></br>b</p>"],
    ["- a\n- [x] b", "<ul><li>a</li><li>[x]b</li></ul>"],
    ["3. a\n4. b", "<ol><li>a</li><li>b</li></ol>"],
    ["> q", "<blockquote><p>q</p></blockquote>"],
    ["```ts x\nlet a = 1 < 2;\n```", "<pre ts>let a = 1 < 2;</pre>"],
    [
      "| a | b |\n|--:|--|\n| 1 | 2 |",
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ],
    ["[t](https://a.b/c)", "<p><a https://a.b/c>t</a></p>"],
    ["see https://a.b.", "<p>see <a https://a.b/>https://a.b</a>.</p>"],
    ["1 &lt; 2 &amp;&amp; &#x1F600; &unknown;", "<p>1 < 2 && 😀 &unknown;</p>"],
    ["", ""],
  ];
  for (const [source, expected] of cases) expect(shown(source)).toBe(expected);
});

Deno.test("parseMarkdown() makes hostile text harmless", () => {
  const cases: [source: string, shown: string][] = [
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["a <img src=x onerror=alert(1)> b", "<p>a <img src=x onerror=alert(1)> b</p>"],
    ["[x](javascript:alert(1))", "<p>x</p>"],
    ["[x](data:text/html,hi)", "<p>x</p>"],
    ["[x](//evil.example)", "<p>x</p>"],
    ["![x](https://evil.example/pixel.gif)", "<p><a https://evil.example/pixel.gif>x</a></p>"],
    ["a\u202eb\u2066c\u0007", "<p>a\ufffdb\ufffdc\ufffd</p>"],
    ["&#x202e;x", "<p>\ufffdx</p>"],
  ];
  for (const [source, expected] of cases) expect(shown(source)).toBe(expected);
});

Deno.test("parseMarkdown() shows as it is what is too long, too much or too deep, and draws what stands before that", () => {
  const long = "a ".repeat(600_000);
  expect(parseMarkdown(long)).toEqual([{ tag: "div", children: [long], attributes: { class: "plain" } }]);

  const much = "*a*\n\n".repeat(10_000);
  const nodes = parseMarkdown(much);
  const plain = nodes.splice(6_666) as Element[];
  expect(plain.map(({ children: [text] }) => text).join("\n")).toBe(much.slice(6_666 * 5));
  // What was said stays in its piece while more is added, so that a browser need not lay it out again.
  const more = (parseMarkdown(much + "*a*\n\n".repeat(3_000)) as Element[]).slice(6_666);
  expect(more.slice(0, 1)).toEqual(plain.slice(0, 1));
  expect(more.every(({ children: [text] }) => (text as string).length < 10_010)).toBe(true);

  expect(shown("> ".repeat(13) + "a")).toBe(
    "<blockquote>".repeat(12) + "<p>> a</p>" + "</blockquote>".repeat(12),
  );
  expect(shown("*".repeat(26) + "a" + "*".repeat(26)))
    .toBe("<p>**" + "<strong>".repeat(12) + "a" + "</strong>".repeat(12) + "**</p>");
});

Deno.test("parseMarkdown() reads long texts without blank lines, many marks and wide tables like any others", () => {
  const cases: [source: string, shown: RegExp][] = [
    ["a *b* `c` ".repeat(3_000), /^<p>a <em>b<\/em> <code>c<\/code> a /],
    ["- a\n" + "b\n".repeat(5_000), /^<ul><li>a<br><\/br>b<br><\/br>b/],
    ["a".repeat(100_000), /^<p>a{100000}<\/p>$/],
    ["http://a.b/" + ")".repeat(45_000), /^<p><a http:\/\/a.b\/>http:\/\/a.b\/<\/a>\){45000}<\/p>$/],
    [
      "|a".repeat(90) + "\n" + "|-".repeat(90) + "\n" + "|b\n".repeat(90),
      /^<table><thead><tr><th>a<\/th><th>/,
    ],
  ];
  for (const [source, expected] of cases) expect(expected.test(shown(source))).toBe(true);
});

Deno.test("parseMarkdown() never throws, nests little, and links only where one may go", () => {
  const checkAll = (nodes: readonly Node[], depth: number): void => {
    expect(depth).toBeLessThan(40);
    for (const node of nodes) {
      if (typeof node === "string") continue;
      expect(ALLOWED_TAGS).toContain(node.tag);
      if (node.tag === "a") expect(node.attributes?.href).toMatch(/^(https?|mailto):/);
      checkAll(node.children, depth + 1);
    }
  };
  const source = fc.array(
    fc.constantFrom(
      "> ",
      "- ",
      "1. ",
      "**",
      "_",
      "[",
      "](",
      "javascript:",
      "http://a.b ",
      ")",
      "\n",
      "  ",
      "`",
      "|",
      "-",
      "<",
      "x",
      "&",
      "~~",
      "!",
    ),
    { maxLength: 60 },
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(fc.oneof(source, fc.string()), (text) => checkAll(parseMarkdown(text), 0)));
});

Deno.test("safeLink() takes whole http, https and mailto addresses only", () => {
  for (
    const href of [
      "javascript:x",
      " java\nscript:x",
      "data:,",
      "/a",
      "a.b",
      "",
      "blob:http://a/b",
      "file:///a",
    ]
  ) {
    expect(safeLink(href)).toBeUndefined();
  }
  expect(safeLink("HTTPS://A.b/c?d#e")).toBe("https://a.b/c?d#e");
  expect(safeLink("mailto:a@b.c")).toBe("mailto:a@b.c");
});

Deno.test("inert() and oneLine() leave ordinary text of every script as it is", () => {
  for (const text of ["a\tb\nc", "שלום", "é 😀 \u200f \u200d"]) expect(inert(text)).toBe(text);
  expect(oneLine("  a\n b\u202e ")).toBe("a b\ufffd");
});

Deno.test("a text that is being written is read the same, piece by piece or at once, and what has settled stays the same object", () => {
  const whole = [
    "# Title",
    "One *two*\nthree",
    "- a\n- b\n\n  still b\n- c",
    "```ts\nconst a = 1;\n\nconst b = 2;\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "> quoted\n> more",
    "Last, [a link](https://example.org) and [one more][x].",
    "[x]: https://example.net",
  ].join("\n\n");
  const growing = new GrowingMarkdown();
  let before: Node[] = [];
  for (let length = 1; length <= whole.length; length += 7) {
    const text = whole.slice(0, length);
    const nodes = growing.parse(text);
    expect([text, nodes]).toEqual([text, parseMarkdown(text)]);
    if (length > 60 && length < 150) expect(nodes[0]).toBe(before[0]);
    before = nodes;
  }
  expect(growing.parse(whole)).toEqual(parseMarkdown(whole));
});

Deno.test("a link leads where the text says later, in what has settled too, and nothing else is drawn anew", () => {
  const growing = new GrowingMarkdown();
  growing.parse("A [link][x].\n\nNone [here].\n\nLast\n\n");
  const before = growing.parse("A [link][x].\n\nNone [here].\n\nLast");
  const after = growing.parse("A [link][x].\n\nNone [here].\n\nLast\n\n[x]: https://example.net\n\nEnd");
  expect(before.map(show)).toEqual(["<p>A [link][x].</p>", "<p>None [here].</p>", "<p>Last</p>"]);
  expect(after.map(show)[0]).toBe("<p>A <a https://example.net/>link</a>.</p>");
  expect(after[1]).toBe(before[1]);
});

Deno.test("whatever is written, however it is cut: the pieces give what the whole gives", () => {
  const words = fc.constantFrom(
    ..."a|*|**|_|- |1. |2) |\n|\n\n|```|> |---|===|[x]|[x]: b:c|(y)|    |\t|# |<b>|<!--|`|~~|[ ] |\r|\\| "
      .split("|"),
    "|",
    "|-|-|\n",
  );
  const pieces = fc.array(fc.array(words, { maxLength: 6 }).map((parts) => parts.join("")), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(pieces, (parts) => {
      const growing = new GrowingMarkdown();
      parts.forEach((_, index) => {
        const text = parts.slice(0, index + 1).join("");
        expect([text, growing.parse(text)]).toEqual([text, parseMarkdown(text)]);
      });
    }),
    { numRuns: 2_000 },
  );
});
