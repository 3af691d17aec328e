/** A person talks with an agent, in a real browser, over the real server and broker. */
import { expect } from "expect";
import { answers, ask, browserTest, bubbles, noSidewaysScroll, ready, tabTo } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

const HOSTILE = [
  "<script>globalThis.hurt = 1</script><img src=x onerror='globalThis.hurt = 2'>",
  "[click](javascript:globalThis.hurt=3) ![i](https://example.invalid/pixel.png)",
  "a\u202eb\u2066c",
  "x".repeat(3_000),
  "> ".repeat(40) + "deep",
  "| a | b |\n|---|---|\n| " + "wide ".repeat(80) + " | c |",
  "```\n" + "code".repeat(300) + "\n```",
].join("\n\n");

browserTest(
  "a person talks with an agent in the browser",
  async ({ system, browser, scriptFor, startAda, step }) => {
    await step("nobody online: the page gives the very command that starts an agent", async () => {
      await using tab = await openTab(browser);
      await ready(tab.page, system.url);
      expect(await tab.page.textContent(".agents .command code")).toBe(
        "deno task start:agent -- --name Ada",
      );
      await expectAccessible(tab.page);
      await ask(tab.page, "Anybody?");
      await tab.page.waitForSelector("[data-way=failed]");
      expect(await bubbles(tab.page)).toEqual(["Anybody?"]);
      expect(await tab.page.textContent(".failure")).toMatch(/no .*agent|agent.* online/i);
      // It may have failed again before anybody can look: what is asked again stands in a place of its own.
      await tab.page.$eval(".question", (first) => first.setAttribute("data-first", ""));
      await tab.page.click(".failure button");
      await tab.page.waitForSelector(".question[data-way=failed]:not([data-first])");
      expect(await bubbles(tab.page)).toEqual(["Anybody?"]);
    });

    await startAda({ hostile: HOSTILE });

    await step("the first paint has the agents in it without JavaScript", async () => {
      await using tab = await openTab(browser, { javaScriptEnabled: false });
      await tab.page.goto(system.url);
      expect(await tab.page.textContent("[data-agent=agent_ada0000]")).toMatch(/Ada.*idle.*chat.*test/);
      expect(await tab.page.locator("#to option").allTextContents()).toEqual(["Broker chooses", "Ada"]);
    });

    await step(
      "a question goes pending → routed → delivered, and its answer appears as it is written",
      async () => {
        await using tab = await openTab(browser);
        const { page } = tab;
        await ready(page, system.url);
        const script = scriptFor("Tell me slowly");
        await ask(page, "Tell me slowly");
        await page.waitForSelector(".way:has-text('routed to Ada')");
        expect(page.url()).toMatch(/\/c\/conv_[0-9a-z]{25}$/);
        script.say("Once **upon**");
        await page.waitForSelector(".answer[aria-busy=true] strong:text-is('upon')");
        expect(await page.getAttribute(".question", "data-way")).toBe("delivered");
        script.say(" a time.");
        await page.waitForSelector(".answer:has-text('Once upon a time.')");
        script.end();
        await page.waitForSelector("[data-way=answered]");
        await page.waitForSelector(".answer[aria-busy=false]");
        expect(await page.locator(".way li").allTextContents()).toEqual([
          "pending",
          "routed to Ada",
          "delivered",
        ]);

        await page.reload();
        await page.waitForSelector(".link-open");
        expect(await bubbles(page)).toEqual(["Tell me slowly"]);
        expect(await answers(page)).toEqual(["Once upon a time."]);
        expect(await page.getAttribute(".conversations [aria-current=page]", "href")).toBe(
          new URL(page.url()).pathname,
        );
        await expectAccessible(page);
        expect(tab.complaints.all).toEqual([]);
      },
    );

    await step("a reload in the middle of an answer shows all of it, once", async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, system.url);
      const script = scriptFor("Tell me, and I shall look away");
      await ask(page, "Tell me, and I shall look away");
      script.say("First, ");
      await page.waitForSelector(".answer:has-text('First,')");
      await page.reload();
      await page.waitForSelector(".answer:has-text('First,')");
      script.say("then last.");
      await page.waitForSelector(".answer:has-text('First, then last.')");
      script.end();
      await page.waitForSelector(".answer[aria-busy=false]");
      expect(await answers(page)).toEqual(["First, then last."]);
    });

    await step("two tabs show the same", async () => {
      await using tab = await openTab(browser);
      await ready(tab.page, system.url);
      await ask(tab.page, "say hello");
      await tab.page.waitForSelector("[data-way=answered]");
      const other = await tab.another();
      await ready(other, tab.page.url());
      await ask(other, "say again");
      for (const page of [tab.page, other]) {
        await page.waitForFunction(() => document.querySelectorAll("[data-way=answered]").length === 2);
        expect(await bubbles(page)).toEqual(["say hello", "say again"]);
        expect(await answers(page)).toEqual(["hello", "again"]);
      }
      const renamed = await fetch(`${system.api}/api/conversations/${other.url().split("/").at(-1)}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ title: "Named elsewhere" }),
      });
      await renamed.body?.cancel();
      await other.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await other.waitForSelector("h1:text-is('Named elsewhere')");
    });

    await step("what an agent says can hurt nobody", async () => {
      await using tab = await openTab(browser, { viewport: { width: 360, height: 640 } });
      const { page } = tab;
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await ready(page, system.url);
      await ask(page, "hostile");
      await page.waitForSelector("[data-way=answered]");
      expect(await page.evaluate(() => (globalThis as { hurt?: number }).hurt)).toBeUndefined();
      expect(await page.locator(".markdown :is(script, img, iframe, [href^=javascript])").count()).toBe(0);
      expect(await page.textContent(".answer")).toContain("a\ufffdb\ufffdc");
      expect(asked.filter((url) => !url.startsWith(system.url))).toEqual([]);
      expect(await noSidewaysScroll(page)).toBe(true);
      await expectAccessible(page);
      expect(tab.complaints.all).toEqual([]);
    });

    await step(
      "360 px is enough: nothing scrolls sideways, the panel opens and closes by keyboard",
      async () => {
        await using tab = await openTab(browser, { viewport: { width: 360, height: 640 } });
        const { page } = tab;
        await ready(page, system.url);
        expect(await noSidewaysScroll(page)).toBe(true);
        await page.focus(".menu");
        await page.keyboard.press("Enter");
        await page.waitForSelector("#panel:popover-open [data-agent=agent_ada0000]");
        expect(await noSidewaysScroll(page)).toBe(true);
        await expectAccessible(page);
        await page.keyboard.press("Escape");
        await page.waitForSelector("#panel", { state: "hidden" });
        expect(await page.evaluate(() => document.activeElement?.className)).toContain("menu");
      },
    );

    await step("everything works from the keyboard", async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, system.url);
      await page.keyboard.press("Tab");
      expect(await page.textContent(":focus")).toBe("Skip to the content");
      await page.keyboard.press("Enter");
      for (let presses = 0; await page.getAttribute(":focus", "id") !== "message"; presses++) {
        expect(presses).toBeLessThan(10);
        await page.keyboard.press("Tab");
      }
      await page.keyboard.type("say one");
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.type("two");
      expect(await page.inputValue("#message")).toBe("say one\ntwo");
      await tabTo(page, "#to");
      await page.keyboard.type("Ada");
      expect(await page.inputValue("#to")).toBe("agent_ada0000");
      await tabTo(page, "#message", "Shift+Tab");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-way=answered]");
      expect(await bubbles(page)).toEqual(["say one\ntwo"]);
      expect(await page.getAttribute(":focus", "id")).toBe("message");
    });

    await step(
      "the page follows what is written until its reader scrolls up, and comes back when asked",
      async () => {
        await using tab = await openTab(browser, { viewport: { width: 800, height: 500 } });
        const { page } = tab;
        const distance = () =>
          page.evaluate(() => {
            const log = document.querySelector(".log")!;
            return log.scrollHeight - log.clientHeight - log.scrollTop;
          });
        await ready(page, system.url);
        const script = scriptFor("Tell me at length");
        await ask(page, "Tell me at length");
        script.say("a line\n\n".repeat(40));
        await page.waitForSelector(".answer:has-text('a line')");
        await page.waitForFunction(() => {
          const log = document.querySelector(".log")!;
          return log.scrollHeight > 1_000 && log.scrollHeight - log.clientHeight - log.scrollTop < 5;
        });
        await page.hover(".log");
        await page.mouse.wheel(0, -400);
        await page.waitForSelector(".latest");
        const before = await page.evaluate(() => document.querySelector(".log")!.scrollTop);
        script.say("the end of it");
        await page.waitForSelector(".answer:has-text('the end of it')");
        // Another tab asks in the meantime.
        const other = await tab.another();
        await ready(other, page.url());
        await ask(other, "say other");
        await page.waitForSelector(".bubble:text-is('say other')");
        expect(await page.evaluate(() => document.querySelector(".log")!.scrollTop)).toBe(before);
        await page.click(".latest");
        await page.waitForSelector(".latest", { state: "detached" });
        expect(await distance()).toBeLessThan(5);
        script.end();
        await page.waitForFunction(() => document.querySelectorAll("[data-way=answered]").length === 2);
      },
    );
  },
);
