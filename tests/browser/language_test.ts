/** A person reads the dashboard in German, in a real browser: by the switch, by the palette, and back. */
import type { Page } from "playwright-core";
import { expect } from "expect";
import { browserTest, noSidewaysScroll, ready, SIZES } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

const [DESKTOP, PHONE] = SIZES;
const languageOf = (page: Page) => page.getAttribute("html", "lang");
const inGerman = (page: Page) => page.waitForSelector("html[lang=de] .rail :text('Aufgaben')");
const inEnglish = (page: Page) => page.waitForSelector("html[lang=en] .rail :text('Tasks')");

browserTest("a person reads the dashboard in German", async ({ system, browser, startAda, step }) => {
  await startAda();

  await step("the switch in the rail changes the language and nothing else; a reload keeps it", async () => {
    await using tab = await openTab(browser, { viewport: DESKTOP, locale: "en-GB" });
    const { page } = tab;
    const address = `${system.url}/tasks?status=failed`;
    await ready(page, address);
    expect([await languageOf(page), await page.title()]).toEqual(["en", "Tasks · Parley"]);
    await page.click(".languages >> text=Deutsch");
    await inGerman(page);
    await page.reload();
    await inGerman(page);
    expect([page.url(), await page.title()]).toEqual([address, "Aufgaben · Parley"]);
    await page.waitForSelector(".link-open:has-text('Verbunden')");
    await page.keyboard.press("?");
    await page.waitForSelector(".shortcuts[open] kbd:text('Strg')");
    await page.keyboard.press("Escape");
    await expectAccessible(page, ["light"]);
    await page.click(".languages >> text=English");
    await inEnglish(page);
    expect(page.url()).toBe(address);
    expect(tab.complaints.all).toEqual([]);
  });

  await step("on a phone the palette changes it, there and back", async () => {
    await using tab = await openTab(browser, { viewport: PHONE, locale: "en-GB" });
    const { page } = tab;
    const choose = async (name: string) => {
      await page.click("[data-opens=palette]");
      await page.fill("[role=combobox]", name);
      await page.waitForSelector(`[role=option][aria-selected=true]:has-text("${name}")`);
      await page.keyboard.press("Enter");
    };
    await ready(page, `${system.url}/agents`);
    await choose("Deutsch");
    await inGerman(page);
    await page.waitForSelector("td:has-text('bereit')");
    expect(new URL(page.url()).pathname).toBe("/agents");
    await ready(page, page.url());
    await expectAccessible(page, ["light"]);
    await choose("English");
    await inEnglish(page);
  });

  await step("who prefers German gets it unasked, and every page fits a phone", async () => {
    await using tab = await openTab(browser, { viewport: PHONE, locale: "de-AT" });
    const { page } = tab;
    const TITLES = {
      "/": "Parley",
      "/agents": "Agenten · Parley",
      "/agents/agent_ada0000": "Ada · Parley",
      "/tasks": "Aufgaben · Parley",
      "/system": "System · Parley",
      "/system/dead-letters": "Unzustellbares · Parley",
      "/system/errors": "Fehler · Parley",
    };
    for (const [path, title] of Object.entries(TITLES)) {
      await ready(page, system.url + path);
      const { clientHeight, scrollHeight } = await page.evaluate(() => {
        const { clientHeight, scrollHeight } = document.documentElement;
        return { clientHeight, scrollHeight };
      });
      const fits = await noSidewaysScroll(page) && scrollHeight === clientHeight;
      expect([path, await languageOf(page), await page.title(), fits]).toEqual([path, "de", title, true]);
    }
    expect(tab.complaints.all).toEqual([]);
  });
});
