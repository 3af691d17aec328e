/** What a person sees in a real browser while processes are killed and come back. */
import { expect } from "expect";
import { answers, ask, browserTest, bubbles, ready } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

browserTest(
  "a person's page outlives what is killed",
  async ({ system, browser, scriptFor, startAda, step }) => {
    await startAda();

    await step(
      "the server is killed and comes back: the page says so, and nothing is lost or doubled",
      async () => {
        await using tab = await openTab(browser);
        const { page } = tab;
        await ready(page, system.url);
        await ask(page, "say before");
        await page.waitForSelector("[data-way=answered]");
        await system.kill("server");
        await page.waitForSelector(".banner:has-text('Disconnected. Trying again in')");
        await ask(page, "say while away");
        await page.waitForSelector("[data-way=waiting]");
        await expectAccessible(page);
        system.begin("server");
        await system.untilReady();
        await system.untilOnline("agent_ada0000");
        await page.waitForSelector(".banner", { state: "detached" });
        await page.waitForFunction(() => document.querySelectorAll("[data-way=answered]").length === 2);
        await ask(page, "say after");
        await page.waitForFunction(() => document.querySelectorAll("[data-way=answered]").length === 3);
        expect(await bubbles(page)).toEqual(["say before", "say while away", "say after"]);
        expect(await answers(page)).toEqual(["before", "while away", "after"]);
        await page.reload();
        await page.waitForSelector(".link-open");
        expect(await bubbles(page)).toEqual(["say before", "say while away", "say after"]);
        expect(await answers(page)).toEqual(["before", "while away", "after"]);
        expect(tab.complaints.all).toEqual([]);
      },
    );

    await step(
      "the server is killed in the middle of an answer: the answer comes once, and whole",
      async () => {
        await using tab = await openTab(browser);
        const { page } = tab;
        await ready(page, system.url);
        const script = scriptFor("Tell me, whatever happens");
        await ask(page, "Tell me, whatever happens");
        script.say("Half, ");
        await page.waitForSelector(".answer:has-text('Half,')");
        await system.kill("server");
        await page.waitForSelector(".banner");
        system.begin("server");
        await system.untilReady();
        await page.waitForSelector(".link-open");
        await system.untilOnline("agent_ada0000");
        script.say("and whole.");
        script.end();
        await page.waitForSelector("[data-way=answered]");
        await page.waitForSelector(".answer[aria-busy=false]");
        expect(await bubbles(page)).toEqual(["Tell me, whatever happens"]);
        expect(await answers(page)).toEqual(["Half, and whole."]);
      },
    );

    await step("the dashboard is killed and comes back: so does the page", async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, system.url);
      await system.kill("web");
      await page.waitForSelector(".banner");
      await ask(page, "say hello again");
      system.begin("web");
      await system.untilReady();
      await page.waitForSelector("[data-way=answered]");
      expect(await answers(page)).toEqual(["hello again"]);
    });
  },
);
