/** A person reaches everything by name and by keys, in a real browser, over the real server and broker. */
import type { Page } from "playwright-core";
import { expect } from "expect";
import { ask, browserTest, ready } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

const HOSTILE = "<img src=x onerror='globalThis.hurt=1'> \u202e owl " + "w".repeat(500);

const openPalette = async (page: Page) => {
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".palette[open] [role=combobox]:focus");
};
const chosen = (page: Page, name: string) =>
  page.waitForSelector(`[role=option][aria-selected=true]:has-text("${name}")`);
const closed = (page: Page) => page.waitForSelector("dialog[open]", { state: "detached" });
const noSidewaysScroll = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

browserTest("a person reaches everything by name and by keys", async (rig) => {
  const { system, browser, startAda, step } = rig;
  await startAda();
  const description = "count the herons";
  const task = await fetch(`${system.api}/api/tasks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ task_type: "birds", description, required_capabilities: ["nobody-has-this"] }),
  });
  const { task_id: taskId } = await task.json();

  await step(
    "Ctrl-K, a few letters and Enter lead to an agent; the arrows go through what is found",
    async () => {
      await using tab = await openTab(browser, { viewport: { width: 1280, height: 800 } });
      const { page } = tab;
      await ready(page, system.url);
      await openPalette(page);
      await chosen(page, "Chat");
      await page.waitForSelector("[role=option]:has-text('Ada')");
      await expectAccessible(page);
      await page.keyboard.type("ada");
      await chosen(page, "Ada");
      await page.keyboard.press("ArrowDown");
      await chosen(page, "Pause Ada");
      const active = await page.getAttribute("[role=combobox]", "aria-activedescendant");
      expect(await page.textContent(`[id="${active}"]`)).toBe("Pause Ada");
      await page.waitForSelector(".palette [role=status]:has-text('2 results')");
      await page.keyboard.press("End");
      await page.keyboard.press("ArrowDown");
      await chosen(page, "Ada");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/agents/agent_ada0000");
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step("a task is found by what it says, and opens in a new tab with Ctrl-Enter", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, system.url);
    await openPalette(page);
    await page.keyboard.type("herons");
    await chosen(page, description);
    const [opened] = await Promise.all([
      page.context().waitForEvent("page"),
      page.keyboard.press("Control+Enter"),
    ]);
    await opened.waitForURL(`**/tasks/${taskId}`);
    expect(new URL(page.url()).pathname).toBe("/");
  });

  await step("what is found may be hostile and stays inert; nothing found says so", async () => {
    await using tab = await openTab(browser, { viewport: { width: 360, height: 640 } });
    const { page } = tab;
    await ready(page, system.url);
    await ask(page, HOSTILE);
    await page.waitForURL("**/c/*");
    const address = page.url();
    await ready(page, system.url);
    await page.click("[data-opens=palette]");
    await page.fill("[role=combobox]", "owl");
    await chosen(page, "owl");
    expect(await page.textContent("[aria-selected=true]")).toMatch(/^<img src=x .* \ufffd owl/);
    expect(await page.evaluate(() => (globalThis as { hurt?: number }).hurt)).toBeUndefined();
    expect(await noSidewaysScroll(page)).toBe(true);
    await expectAccessible(page);
    await page.fill("[role=combobox]", "zzzz");
    await page.waitForSelector(".palette [role=status]:has-text('Nothing here is called that.')");
    await expectAccessible(page);
    await page.fill("[role=combobox]", "owl");
    await page.click("[role=option]:has-text('owl')");
    await page.waitForURL(address);
    expect(tab.complaints.all).toEqual([]);
  });

  await step(
    "Escape gives the focus back; keys in a field are letters; outside they are shortcuts",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, system.url);
      await page.focus("#message");
      await openPalette(page);
      await page.keyboard.press("Escape");
      await closed(page);
      expect(await page.getAttribute(":focus", "id")).toBe("message");
      await page.keyboard.type("gt?n/");
      expect(await page.inputValue("#message")).toBe("gt?n/");
      await page.focus("a[href='/tasks']");
      await page.keyboard.press("?");
      await page.waitForSelector(".shortcuts[open]");
      expect(await page.locator(".shortcuts dt").allTextContents()).toContain("Go to Tasks");
      await expectAccessible(page);
      await page.keyboard.type("gs");
      await page.keyboard.press("Escape");
      await closed(page);
      expect(new URL(page.url()).pathname).toBe("/");
      // Closed and opened again before the browser has told that it was closed.
      await page.keyboard.press("?");
      await page.waitForSelector(".shortcuts[open]");
      await page.evaluate(() => {
        document.querySelector("dialog")!.close();
        dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, cancelable: true }));
      });
      await page.waitForSelector(".palette[open] [role=combobox]:focus");
      await page.keyboard.type("shortcuts");
      await chosen(page, "Keyboard shortcuts");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".shortcuts[open]");
      await page.keyboard.press("Escape");
      await closed(page);
      await page.keyboard.type("gt");
      await page.waitForURL("**/tasks");
    },
  );

  await step("the first keys on a page count, though what they mean is loaded only then", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, system.url);
    await page.keyboard.type("gt");
    await page.waitForURL("**/tasks");
    expect(tab.complaints.all).toEqual([]);
  });

  await step("who turns keys without Ctrl off is left alone by them, on every page", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, system.url);
    await page.click("[data-opens=shortcuts]");
    await page.uncheck(".shortcuts[open] [type=checkbox]");
    await page.keyboard.press("Escape");
    await closed(page);
    await ready(page, system.url);
    await page.keyboard.type("?gt");
    await openPalette(page);
    expect(await page.locator("dialog[open]").count()).toBe(1);
    expect(new URL(page.url()).pathname).toBe("/");
  });

  await step("an error page stands in the frame, at 1280 and at 360 px", async () => {
    for (const width of [1280, 360]) {
      await using tab = await openTab(browser, { viewport: { width, height: 640 } });
      const { page } = tab;
      await page.goto(`${system.url}/nothing`);
      expect(await page.title()).toBe("There is nothing here · Parley");
      expect(await noSidewaysScroll(page)).toBe(true);
      await expectAccessible(page);
    }
  });

  await step(
    "without the server the palette says so and still leads to the pages; with it, to everything again",
    async () => {
      await using tab = await openTab(browser, { viewport: { width: 360, height: 640 } });
      const { page } = tab;
      await ready(page, system.url);
      await system.kill("server");
      await openPalette(page);
      await page.waitForSelector(".palette [role=status]:has-text('The server does not answer.')");
      await page.keyboard.type("sys");
      await chosen(page, "System");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/system");
      await page.goto(system.url);
      await page.waitForSelector(".banner");
      await openPalette(page);
      system.begin("server");
      await system.untilReady();
      await system.untilOnline("agent_ada0000");
      await page.keyboard.type("ada");
      await chosen(page, "Ada");
    },
  );
});
