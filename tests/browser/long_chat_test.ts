/** A conversation that is longer than what a page holds: nothing of it is missing, wherever its reader is. */
import { expect } from "expect";
import { ready } from "./ada.ts";
import { ignore, openBrowser, openTab, suffix } from "./chromium.ts";
import { CONVERSATION, writePast } from "./past.ts";
import { System } from "./system.ts";

const MESSAGES = 1_200;

Deno.test({
  name:
    `of a very long conversation what is far away leaves the page, and is there again when one comes near${suffix}`,
  ignore,
  async fn() {
    let token = "";
    await using system = await System.start({
      prepare: async (directory) => void (token = await writePast(directory, MESSAGES)),
    });
    const browser = await openBrowser();
    try {
      await using tab = await openTab(browser, { viewport: { width: 360, height: 700 } });
      const { page } = tab;
      await page.addInitScript((token) => localStorage.setItem("parley.session_token", token), token);
      await ready(page, `${system.url}/c/${CONVERSATION}`);
      const last = page.locator(".bubble").last();
      expect(await last.textContent()).toBe(`Question ${MESSAGES / 2 - 1}: what is it?`);

      const count = await page.evaluate(async () => {
        const log = document.querySelector(".log")!;
        while (document.querySelector(".earlier")) {
          log.scrollTop = 0;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        log.scrollTop = 0;
        return Number(document.querySelector<HTMLElement>(".blocks")!.dataset.entries);
      });
      expect(count).toBe(MESSAGES);
      await page.waitForSelector(".bubble:text-is('Question 0: what is it?')");
      await page.waitForFunction(() => document.querySelectorAll(".block:empty").length > 5);
      expect(await page.locator("article").count()).toBeLessThan(MESSAGES / 2);

      const height = await page.evaluate(() => document.querySelector(".log")!.scrollHeight);
      await page.click(".latest");
      await page.waitForSelector(`.bubble:text-is('Question ${MESSAGES / 2 - 1}: what is it?')`);
      await page.waitForSelector(".latest", { state: "detached" });
      await page.waitForFunction(() =>
        !document.querySelector(".bubble")?.textContent.startsWith("Question 0:")
      );
      // What left the page has left a gap of its height, so that the scroll bar stays true.
      const after = await page.evaluate(() => document.querySelector(".log")!.scrollHeight);
      expect(Math.abs(after - height) / height).toBeLessThan(0.35);
      expect(tab.complaints.all).toEqual([]);
    } finally {
      await browser.close();
    }
  },
});
