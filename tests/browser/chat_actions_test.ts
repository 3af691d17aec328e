/** What a person can do about what was said: stop, ask again, edit, copy, export, rename, find, delete. */
import { readFile } from "node:fs/promises";
import { expect } from "expect";
import type { Page } from "playwright-core";
import { answers, ask, browserTest, bubbles, noSidewaysScroll, ready, SIZES, tabTo } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

const answered = (page: Page, count = 1) =>
  page.waitForFunction((count) => document.querySelectorAll("[data-way=answered]").length === count, count);
const tell = (api: string, body: object) =>
  fetch(`${api}/api/messages?wait=30`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).then((response) => response.json());

const RICH = [
  "## Plan",
  "1. one\n2. two\n   - three",
  "| name | size |\n|---|--:|\n| a | 1 |",
  "- [x] done\n- [ ] not yet",
  "```ts\nconst answer: number = 42; // yes\n```",
].join("\n\n");

browserTest("a person acts on a conversation", async ({ system, browser, scriptFor, startAda, step }) => {
  await startAda({ rich: RICH });

  for (const viewport of SIZES) {
    const at = `at ${viewport.width} px`;

    await step(
      `an answer is stopped, asked for again and the question edited; all versions stay, ${at}`,
      async () => {
        await using tab = await openTab(browser, { viewport });
        const { page } = tab;
        await ready(page, system.url);
        const question = `Tell me without end ${at}`;
        const script = scriptFor(question);
        script.say("It goes on");
        await ask(page, question);
        await page.waitForSelector(".answer[aria-busy=true]:has-text('It goes on')");
        await page.click(".stop");
        await page.waitForSelector(".answer[aria-busy=false]:has-text('It goes on')");
        await page.waitForSelector(".stop", { state: "detached" });
        await answered(page);

        script.say(", and ends.");
        script.end();
        await page.click(".last-actions >> text=Answer again");
        await page.waitForSelector(".answer[aria-busy=false]:has-text('It goes on, and ends.')");
        expect(await answers(page)).toEqual(["It goes on, and ends."]);
        await page.click(".versions [aria-label='Older version']");
        expect(await answers(page)).toEqual(["It goes on"]);
        await page.click(".versions [aria-label='Newer version']");

        await page.click(".last-actions >> text=Edit question");
        await page.waitForFunction((text) => document.querySelector("textarea")!.value === text, question);
        await page.fill("#message", "say edi");
        await page.reload();
        await page.waitForSelector(".link-open");
        await page.waitForSelector(".editing");
        await page.waitForFunction(() => document.querySelector("textarea")!.value === "say edi");
        await ask(page, "say edited");
        await page.waitForSelector(".answer[aria-busy=false]:has-text('edited')");
        expect(await bubbles(page)).toEqual(["say edited"]);
        expect(await page.textContent(".versions span")).toBe("3/3");
        await page.reload();
        await page.waitForSelector(".link-open");
        expect(await bubbles(page)).toEqual(["say edited"]);
        expect(await page.locator(".editing").count()).toBe(0);
        expect(await noSidewaysScroll(page)).toBe(true);
        expect(tab.complaints.all).toEqual([]);
      },
    );

    await step(`what is rich looks rich, can be copied, and is drawn without a fault, ${at}`, async () => {
      await using tab = await openTab(browser, {
        viewport,
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const { page } = tab;
      await ready(page, system.url);
      await ask(page, "rich");
      await page.waitForSelector(".answer .hljs-keyword:text-is('const')");
      expect(await page.locator(".answer ol > li").count()).toBe(2);
      expect(await page.locator(".answer ol ul > li").allTextContents()).toEqual(["three"]);
      expect(await page.locator(".answer td").allTextContents()).toEqual(["a", "1"]);
      expect(await page.locator(".answer input:checked").count()).toBe(1);
      expect(await page.textContent(".answer .code code")).toBe("const answer: number = 42; // yes");
      await page.hover(".answer");
      await page.click(".answer .actions .copy");
      await page.waitForSelector(".answer .actions [aria-label=Copied]");
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(RICH);
      await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
      await page.click(".answer .code .copy");
      await page.waitForSelector(".answer .code [aria-label^='The browser does not let']");
      await expectAccessible(page);
      expect(await noSidewaysScroll(page)).toBe(true);
    });

    await step(`files go along, and what is no text or too much is refused, ${at}`, async () => {
      await using tab = await openTab(browser, { viewport });
      const { page } = tab;
      await ready(page, system.url);
      const add = (name: string, content: string | Uint8Array) =>
        page.evaluate(([name, content]) => {
          const data = new DataTransfer();
          const parts = typeof content === "string" ? content : Uint8Array.from(content as number[]);
          data.items.add(new File([parts], name as string));
          const options = { bubbles: true, cancelable: true, dataTransfer: data };
          document.querySelector(".composer")!.dispatchEvent(new DragEvent("drop", options));
        }, [name, typeof content === "string" ? content : [...content]] as const);
      await add("picture.png", new Uint8Array([0x89, 0x50, 0xff, 0]));
      await page.waitForSelector(".hint[role=alert]:has-text('picture.png is not text')");
      await add("large.txt", "x".repeat(262_145));
      await page.waitForSelector(".hint[role=alert]:has-text('large.txt is too large')");
      await page.fill("#message", "x".repeat(100_001));
      await page.press("#message", "Enter");
      await page.waitForSelector("#message[aria-invalid=true]");
      await page.fill("#message", "say with a file");
      await page.waitForSelector("#message[aria-invalid=false]");
      await add("<b>notes</b>.md", "# Notes\n```\n</script><script>globalThis.hurt = 1</script>\n");
      await page.waitForSelector(".files li:has-text('<b>notes</b>.md')");
      await add("again.png", new Uint8Array([0xff]));
      await page.waitForSelector(".hint[role=alert]:has-text('again.png')");
      await page.press("#message", "Enter");
      await answered(page);
      expect(await page.locator(".hint[role=alert]").count()).toBe(0);
      expect(await answers(page)).toEqual([
        expect.stringMatching(/^with a file\s*File: <b>notes<\/b>\.md.*# Notes/s),
      ]);
      expect(await bubbles(page)).toEqual(["say with a file"]);
      await page.reload();
      await page.waitForSelector(".link-open");
      await page.click(".file summary");
      expect(await page.textContent(".file pre")).toContain("</script><script>");
      expect(await page.evaluate(() => "hurt" in globalThis)).toBe(false);
      expect(await page.locator(".files li").count()).toBe(0);
      await expectAccessible(page);
      expect(await noSidewaysScroll(page)).toBe(true);
    });

    await step(`a conversation is named, found, exported and deleted, ${at}`, async () => {
      await using tab = await openTab(browser, { viewport });
      const { page } = tab;
      await ready(page, system.url);
      await ask(page, `say *something* ${at}`);
      await answered(page);
      const menu = async (item: string) => {
        await page.click("[aria-label='This conversation']");
        await page.click(`.menu-list >> text=${item}`);
      };
      await menu("Rename");
      await page.fill("dialog[open] input", "Name <i>of</i> mine");
      await page.keyboard.press("Enter");
      await page.waitForSelector("h1:has-text('Name <i>of</i> mine')");

      if (viewport.width < 800) await page.click(".menu");
      await page.fill(".search input", "no such words anywhere");
      await page.waitForSelector(".conversations p:has-text('No conversation has this in it.')");
      expect(await page.textContent("h1")).toBe("Name <i>of</i> mine");
      expect(await page.title()).toBe("Name <i>of</i> mine · Parley");
      await page.fill(".search input", `*SOMETHING* ${at}`);
      await page.waitForSelector(".conversations a:has-text('Name <i>of</i> mine')");
      expect(await page.locator(".conversations li").count()).toBe(1);
      if (viewport.width < 800) await page.click(".shut");

      for (
        const [item, pattern] of [["Export as Markdown", /^# Name .*mine\n\n## You.*\n\nsay \*some/], [
          "Export as JSON",
          /^\{\n.*"messages": \[/s,
        ]] as const
      ) {
        const [download] = await Promise.all([page.waitForEvent("download"), menu(item)]);
        expect(download.suggestedFilename()).toMatch(/^Name i of i mine\.(md|json)$/);
        expect(await readFile(await download.path(), "utf8")).toMatch(pattern);
      }

      const address = page.url();
      await page.fill("#message", "half a thought");
      await menu("Delete");
      await page.click("dialog[open] >> text=Cancel");
      expect(page.url()).toBe(address);
      await menu("Delete");
      await page.click("dialog[open] .danger");
      await page.waitForURL(`${system.url}/`);
      expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /draft/.test(key)))).toEqual(
        [],
      );
      expect((await page.goto(address))!.status()).toBe(404);
    });
  }

  await step(
    "drafts are kept for each conversation, and Enter is safe while a character is composed",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, system.url);
      await ask(page, "say first");
      await answered(page);
      await page.fill("#message", "half a th");
      await page.selectOption("#to", { label: "Ada" });
      await page.goto(system.url);
      await page.waitForSelector(".link-open");
      expect(await page.inputValue("#message")).toBe("");
      await page.goBack();
      await page.waitForSelector(".link-open");
      await page.waitForFunction(() => document.querySelector("textarea")!.value === "half a th");
      expect(await page.locator("#to option:checked").textContent()).toBe("Ada");

      await page.$eval("#message", (field) => {
        const key = { key: "Enter", bubbles: true, cancelable: true };
        field.dispatchEvent(new KeyboardEvent("keydown", { ...key, isComposing: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { ...key, keyCode: 229 }));
      });
      await page.press("#message", "Shift+Enter");
      expect(await page.inputValue("#message")).toBe("half a th\n");
      await page.fill("#message", "say second");
      await page.press("#message", "Enter");
      await answered(page, 2);
      expect(await bubbles(page)).toEqual(["say first", "say second"]);
      await page.reload();
      await page.waitForSelector(".link-open");
      expect(await page.inputValue("#message")).toBe("");
    },
  );

  await step("the keyboard alone is enough: ask, edit, and delete", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, system.url);
    await page.keyboard.press("Tab");
    await page.waitForSelector(".skip:focus");
    await page.keyboard.press("Enter");
    await tabTo(page, "#message");
    await page.keyboard.type("say typed");
    await page.keyboard.press("Enter");
    await answered(page);
    await page.keyboard.press("ArrowUp");
    await page.waitForSelector(".editing");
    await page.waitForFunction(() => document.querySelector("textarea")!.value === "say typed");
    await page.keyboard.press("End");
    await page.keyboard.type(" again");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".answer:has-text('typed again')");
    await tabTo(page, "[aria-label='This conversation']", "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, ".menu-list .bad");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await tabTo(page, "dialog[open] .danger");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${system.url}/`);
  });

  await step(
    "what was said before is read when its reader comes near, and nothing moves under them",
    async () => {
      const { conversation_id } = await tell(system.api, { text_payload: "say 0", message_type: "TEXT" });
      for (let number = 1; number < 70; number++) {
        await tell(system.api, { text_payload: `say ${number}`, message_type: "TEXT", conversation_id });
      }
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, `${system.url}/c/${conversation_id}`);
      await page.waitForFunction(() => document.querySelectorAll(".answer").length === 50);
      await page.hover(".log");
      // The log reads aloud what is added, but not what is old.
      await page.evaluate(() => {
        const log = document.querySelector(".log")!;
        const note = () =>
          log.setAttribute("data-lives", `${log.getAttribute("data-lives") ?? ""}${log.ariaLive} `);
        new MutationObserver(note).observe(log, { attributeFilter: ["aria-live"] });
        log.scrollTo({ top: 250 });
      });
      await page.waitForFunction(() => document.querySelectorAll(".answer").length === 70);
      await page.waitForSelector(".log[data-lives='off null ']");
      await page.waitForSelector(".earlier", { state: "detached" });
      expect(await bubbles(page)).toEqual(Array.from({ length: 70 }, (_, number) => `say ${number}`));
      const top = await page.evaluate(() => document.querySelector(".log")!.scrollTop);
      expect(top).toBeGreaterThan(1_000);
    },
  );
});
