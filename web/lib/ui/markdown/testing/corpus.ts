/** What people and models write: texts on which two readers should agree. */

/** Texts by what they show. */
export const CORPUS: Record<string, string> = {
  readme: `# parley-tools

[![build](https://ci.example.org/badge.svg)](https://ci.example.org) ![license](https://img.example.org/mit.svg)

> Small tools for **big** queues.

## Install

\`\`\`sh
deno install -g -A jsr:@example/tools
\`\`\`

## Usage

1. Start the server:

   \`\`\`sh
   deno task start
   \`\`\`

2. Open <http://localhost:8000>.
3. Read the [guide](https://example.org/guide "The guide") or [the wiki][wiki].

---

| Option | Default | What it does |
|:-------|:-------:|-------------:|
| \`--port\` | 8000 | the port |
| \`--host\` | \`localhost\` | *where* it listens |

License: MIT © 2024

[wiki]: https://example.org/wiki
`,
  answer: `Sure! Here's how you can do it:

### 1. Create the file

Create \`src/main.ts\` with the following **content**:

\`\`\`typescript
import { serve } from "std/http";

serve((_req) => new Response("Hello\\n"));
\`\`\`

### 2. Run it

- Open a terminal
- Run:
  \`\`\`bash
  deno run -A src/main.ts
  \`\`\`
- You should see:
  - \`Listening on http://localhost:8000\`
  - No errors, **unless**:
    1. the port is taken
    2. you lack permissions

Let me know if that helps!`,
  nested: `- a
  - b
    - c
      - d
    - e
  - f
- g

* other list
* with a second item

    and a paragraph in it

+ third`,
  ordered: `5. five
6. six
   - sub
   - sub two
7. seven

8) other
9) more`,
  loose: `- one

- two
- three

Text

1. a

   b

2. c`,
  tight_nested: `1. **First**: do this
   - detail *one*
   - detail two
2. **Second**: do that
   > quoted in an item
   > on two lines
3. Third`,
  tasks: `- [x] done
- [ ] to do
- [X] also done with \`code\`
  - [ ] nested
- [link](https://a.b)
- [ ]
- not [x] a task`,
  quotes: `> One
> two
>
> > nested
> > more
>
> - list in quote
>   - deeper
>
> \`\`\`js
> code("in quote");
> \`\`\`

> separate
lazy line

after`,
  code: `    indented code
      more

    after a blank

\`\`\`
no language
\`\`\`

~~~python title="x.py"
print("\`\`\`")
~~~

\`\`\`\`md
\`\`\`js
nested
\`\`\`
\`\`\`\`

text
\`\`\`
interrupts
\`\`\``,
  go: `Here:

\`\`\`go
func main() {
\tfmt.Println("tabs")
\t\tif x { return }
}
\`\`\`

\tindented with a tab

- item

\tparagraph in it by a tab`,
  unclosed: `Look:

\`\`\`rust
fn main() {
    println!("hi");

    // not closed`,
  table: `| a | b |
|---|---|
| 1 | 2 |
| short |
| too | many | cells |
| \`a \\| b\` | x \\| y |
| **bold** | [l](https://a.b) |

a | b | c
:-|:-:|-:
1 | 2 | 3
4 | 5 | 6

after`,
  table_after_text: `Some text first:

| Name | Size |
| --- | ---: |
| x |  |
|  | y |

Then more.`,
  emphasis: `*a* **b** ***c*** _d_ __e__ ___f___ *a **b** c* **a *b* c** _a __b__ c_

snake_case_name and __init__ and 2*3*4 and a * b * c

*not closed and **neither

foo*bar*baz foo_bar_baz **foo**bar un*frigging*believable

*(*a*)* **"quoted"** (**x**), _y_. **bold:** text

***bold italic** italic* ***italic* bold**`,
  strike: `~~gone~~ and ~one~ and ~~a *b* c~~ but ~5 to ~6, a~b`,
  code_spans:
    `\`a\` \`\`b \` c\`\` \`\`\` d \`\` e \`\`\` \` \` \`  \` \`\` \` \`\` unclosed \`\` here \` and \` there

\`*not em*\` *\`code in em\`* \`<b>\` \`a
b\` \\\`escaped\\\``,
  escapes: `\\*not em\\* \\# \\[x\\] \\\\ \\a 1\\. \\<b> \\&amp; \\~~x\\~~ \\|

&lt;b&gt; &amp;amp; &quot;q&quot; &#65; &#x42; &nbsp;x &nothing; &`,
  links:
    `[a](https://a.b) [b](<https://a.b/c d>) [c](https://a.b/x(y)z) [d](https://a.b "title") [e](https://a.b 'it') [f](https://a.b (p))

[**bold** and \`code\`](https://a.b) **[in bold](https://a.b)** [not a link] [nor](this one) [x]( https://a.b )

[a](https://a.b)[b](https://c.d) ([p](https://a.b)) [mail](mailto:a@b.c) [rel](/x/y) [](https://a.b)`,
  references: `[one][1], [two][], [two], [Three][TWO], [none][], [nope], [a][nope]

[1]: https://example.org/1
[two]: <https://example.org/2> "Two"
[late]: https://example.org/late

See [late].`,
  autolinks:
    `See https://example.org/a?b=c&d=e#f, http://a.b. And (https://a.b/c_(d)) "https://a.b" <https://a.b/x> www.example.org!

**https://a.b/c** *https://a.b/d* https://a.b/under_score_d <a@b.c> https://a.b/; end https://a.b/x: end`,
  images:
    `![alt](https://a.b/c.png) ![](https://a.b/d.png) ![long alt](https://a.b/e.png "t") [![x](https://a.b/i.png)](https://a.b)

![ref][img] !not ![nothing]

[img]: https://a.b/f.png`,
  headings: `# One #
## Two ##
### Three
#### Four #hash
##### Five
###### Six
####### Seven
#nospace

Setext
======

Second
------
text *em* \`code\`
---
# 
## **bold** heading`,
  rules: `a

---

***

_ _ _

- - -

b
***
c`,
  breaks: `one
two  
three\\
four

five
    six
   seven`,
  html: `<div align="center">
  <b>x</b>
</div>

text <br> with <span class="x_y_z">tags *a*</span>

<!-- a comment -->

<details>
<summary>More</summary>

Hidden **text**

</details>`,
  math: `The formula $a_1 + b_2 = c$ and $$\\sum_{i=0}^n x_i$$ and \\(x^2\\), f(x) = 3 * x * y.

$$
E = mc^2
$$

If x < y and y > z then x_1 < z_1.`,
  german: `## Überblick

Hier sind die **wichtigsten** Punkte – kurz & knapp:

1. **Größe**: „groß“ heißt *mehr als 10 €*
2. Straße, Äpfel, Öl

z. B. so: „**wichtig**“ (siehe _Anhang_).
`,
  cjk: `# 概要

这是一个**重要**的例子。请看 https://example.org/路径 和 \`代码\`。

- 项目一
- 项目二
  1. 子项

これは*強調*です。

| 名前 | 値 |
|---|---|
| 甲 | 一 |`,
  emoji: `🎉 **Done!** 🎉

- ✅ works
- ❌ does *not*
- 👩‍👩‍👧 family_name_here

> 💡 Tip: use \`🔥\``,
  rtl: `**שלום** עולם

- مرحبا *بك*
- \`code\``,
  chat: `ok so i tried that & it says "permission denied" :(
what now?
also: C:\\Users\\me\\file.txt and /etc/hosts
btw 5 > 3 and 1 < 2`,
  log: `The output was:

    Error: x
        at foo (file.ts:1:2)

        at bar

and then it stopped.`,
  diff: `\`\`\`diff
- old
+ new
\`\`\`
1. Apply it.
2. Check:
   \`\`\`
   git status
   \`\`\`

   then commit.

3. Push.`,
  steps: `**Step 1:** Install

Run \`npm i\`.

**Step 2:** Configure

* Set \`A=1\`
* Set \`B=2\`
    * four spaces
    * again
        * and again

**Step 3:** Done`,
  definition_like: `Term: explanation
Other: more

[note]: this is not one
Key = value`,
  lists_text: `Intro:
- a
- b
text after
- c

Numbers:
1. a
2. b

1986\\. A great year
1986. A list`,
  mixed_markers: `- a
* b
+ c

1. x
2) y`,
  list_code: `1. One

       indented in item

2. Two
   \`\`\`
   a
     b

   c
   \`\`\`
3. Three`,
  crlf: "# A\r\n\r\nb\r\nc\r\n\r\n- d\r\n- e\r\n",
  quote_code: `> text
>     not code
>
>     code
> # heading
> 1. a
> 2. b
no lazy after list? yes`,
  changelog: `# Changelog

## [1.2.0] - 2024-01-01

### Added
- New \`--flag\` ([#12](https://a.b/12))
- Support for **X** by @someone

### Fixed
- Crash in \`foo_bar()\` when \`x == null\`

[1.2.0]: https://a.b/compare/v1...v1.2`,
  email: `Hi,

please write to me at <me@example.org>.

--
Me`,
  json: `{"a": [1, 2], "b": "*c*"}

[1, 2, 3][0]

arr[i][j] = x[k](y)`,
};
