// Shows in a real browser that islands come to life under a content security policy that allows no inline script.
import { expect } from "expect";
import { type Browser, chromium, type Page } from "playwright-core";
import { testApp } from "./testdata/test_app.ts";

const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const hasChromium = await Deno.stat(CHROMIUM).then(() => true, () => false);
const ignore = !hasChromium && Deno.env.get("CI") !== "true";
const suffix = ignore ? ` (ignored: no ${CHROMIUM})` : "";

/** Serves the test app, opens `path` and hands over the page and what the browser complained about. */
async function inBrowser(path: string, check: (page: Page, complaints: string[]) => Promise<void>) {
  const app = testApp();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.handler());
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
    await check(page, complaints);
  } finally {
    await browser.close();
  }
}

Deno.test({
  name: `an island is hydrated and counts clicks when the policy allows scripts from 'self' only${suffix}`,
  ignore,
  async fn() {
    await inBrowser("/", async (page, complaints) => {
      await page.click("#counter");
      await page.waitForSelector("#counter:text-is('4')");
      expect(complaints).toEqual([]);
      expect(await page.locator("script:not([src]):not([type='application/json'])").count()).toBe(0);
    });
  },
});

Deno.test({
  name: `two islands share a signal, get their props typed and keep the server's ids${suffix}`,
  ignore,
  async fn() {
    await inBrowser("/shared", async (page, complaints) => {
      await page.click("[data-role=add]");
      await page.waitForSelector("[data-role=total]:text-is('2')");
      expect(await page.title()).toBe("Total 2");
      expect(await page.textContent("[data-role=more]")).toBe("1970-01-01T00:00:00.000Z a,<b>");
      expect(await page.textContent("[data-role=asset]")).toBe("browser");
      expect(await page.getAttribute("[data-role=asset]", "href")).toMatch(/^\/style\.css\?__frsh_c=\w{16}$/);
      const roles = page.locator("main > [data-role]").evaluateAll((all) =>
        all.map((one) => one.getAttribute("data-role"))
      );
      expect(await roles).toEqual(["add", "more", "total", "asset"]);
      const [add, total] = await Promise.all(
        ["add", "total"].map((role) => page.getAttribute(`[data-role=${role}]`, "id")),
      );
      expect(add).not.toBe(total);
      expect(await page.getAttribute("label", "for")).toBe(add);
      expect(complaints).toEqual([]);
    });
  },
});

Deno.test({
  name: `what an island imports lazily is no part of what its page loads, until it is needed${suffix}`,
  ignore,
  async fn() {
    await inBrowser("/lazy", async (page, complaints) => {
      const loaded: string[] = [];
      page.on("response", async (response) => loaded.push(await response.text()));
      const ahead = await page.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => name)
      );
      await page.click("#lazy");
      await page.waitForSelector("#lazy:text-is('loaded only when it was needed')");
      expect(loaded.length).toBeGreaterThan(0);
      expect(ahead.every((url) => !url.includes("lazy_word"))).toBe(true);
      expect(complaints).toEqual([]);
    });
  },
});
