/** A person looks after the system in a real browser: its figures, what was given up, and what went wrong. */
import type { Page } from "playwright-core";
import { expect } from "expect";
import { browserTest, look, noSidewaysScroll, ready, type Rig, tabTo } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";
import { poll } from "./system.ts";

const SMALL = { viewport: { width: 360, height: 640 } };
const ADA = "agent_ada0000";
const HOSTILE = "<script>globalThis.hurt = 1</script><img src=x onerror='globalThis.hurt = 2'>\u202e" +
  "w".repeat(3_000);

const confirm = (page: Page) => page.click("dialog[open] .danger");
browserTest("a person looks after the system", async (rig) => {
  const { system, browser, startAda, step } = rig;
  const post = async (path: string, body: unknown = {}) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(system.api + path, { method: "POST", headers, body: JSON.stringify(body) });
    return await response.json();
  };
  /** Has messages wait for Ada, who is paused meanwhile. Resolves once they do, and are on their way no more. */
  const haveWait = async (texts: readonly string[]) => {
    await post(`/api/agents/${ADA}/pause`);
    for (const text_payload of texts) {
      const { conversation_id } = await post("/api/messages", { text_payload, receiver_id: ADA });
      await poll(
        `${system.api}/api/conversations/${conversation_id}/messages`,
        async (response) => (await response.json()).items[0].routing_status === "routed",
      );
    }
  };
  const giveUp = async (texts: readonly string[]) => {
    await haveWait(texts);
    await post("/api/queues/reset");
    await post(`/api/agents/${ADA}/resume`);
  };
  await startAda();

  await step(
    "all queues are reset, after a question, and what waited is found in the dead letters",
    async () => {
      await haveWait([HOSTILE, "second", "third"]);
      await using tab = await openTab(browser, SMALL);
      const { page } = tab;
      await ready(page, `${system.url}/system`);
      expect(await noSidewaysScroll(page)).toBe(true);
      await expectAccessible(page, ["light"]);
      await page.click("text=Reset all queues");
      await page.keyboard.press("Escape");
      expect(await page.locator(".outcome a").count()).toBe(0);
      await page.click("text=Reset all queues");
      await confirm(page);
      await page.click(".outcome:has-text('3 messages are dead letters now') a");
      await page.waitForSelector("[data-letter] >> nth=2");
      await post(`/api/agents/${ADA}/resume`);
      expect(await noSidewaysScroll(page)).toBe(true);
      await page.waitForSelector(".link-open");
      await expectAccessible(page, ["light"]);
      expect(await page.evaluate(() => (globalThis as { hurt?: number }).hurt)).toBeUndefined();
    },
  );

  await step("dead letters are searched and read without JavaScript", async () => {
    await using tab = await openTab(browser, { javaScriptEnabled: false });
    const { page } = tab;
    await page.goto(`${system.url}/system/dead-letters`);
    await page.fill("input[name=q]", "SECOND");
    await page.fill("input[name=queue]", `agent_queue_${ADA}`);
    await page.click("text=Find");
    expect(await page.locator(".entry-gist").allTextContents()).toEqual(["second"]);
    await page.click(".entry-gist");
    expect(await page.textContent("pre")).toContain('"text_payload": "second"');
  });

  await step(
    "one dead letter is read and replayed by the keyboard alone: Ada gets it after all",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, `${system.url}/system/dead-letters?q=third`);
      await tabTo(page, ".entry-gist");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".link-open");
      await tabTo(page, "[data-deed=replay]");
      await page.keyboard.press("Enter");
      await page.waitForSelector("dialog[open] [autofocus]:focus");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".outcome:has-text('no dead letter any more')");
      await expectAccessible(page);
      await page.goto(`${system.url}/system/dead-letters?q=third`);
      await page.waitForSelector(".empty:has-text('Nothing was found')");
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await deletingAndReplaying(rig, giveUp);
  await errors(rig, post);

  await step("the overview says how it is, and goes on saying so", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/system`);
    await page.waitForSelector(".health-ready");
    await page.waitForSelector("[data-measure=agents] .gauge-now:text-is('1')");
    expect(await page.locator("[data-broker] .status").allTextContents()).toEqual(["online"]);
    const points = await page.getAttribute("[data-measure=messages] .probe", "aria-valuemax");
    await post("/api/messages?wait=10", { text_payload: "say hello", receiver_id: ADA });
    await page.waitForSelector(`[data-measure=messages] .probe:not([aria-valuemax="${points}"])`);
    await page.waitForSelector("[data-measure=messages] svg:not([aria-label*='highest 0/s'])");
    await page.waitForFunction(() =>
      /\d\sm?s/.test(document.querySelector("[data-measure=roundTrip] .gauge-foot")!.textContent!)
    );
    await restsWhileHidden(page);
    await tabTo(page, "[data-measure=messages] .probe");
    await page.keyboard.press("Home");
    expect(await page.textContent("[data-measure=messages] .gauge-foot")).toMatch(/\/s at .*\d:\d\d:\d\d/);
    expect(await page.getAttribute("[data-measure=messages] .probe", "aria-valuetext")).toMatch(/\/s at /);
    await expectAccessible(page);
    expect(tab.complaints.all).toEqual([]);
  });

  await step("the server is killed and comes back: each page says so and heals by itself", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/system`);
    await system.kill("server");
    await page.waitForSelector(".health-away:has-text('This is how it was at')");
    await expectAccessible(page, ["light"]);
    const later = await Promise.all(["dead-letters", "errors"].map(async (path) => {
      const page = await tab.another();
      await page.goto(`${system.url}/system/${path}`);
      await page.waitForSelector(".health-away code");
      return page;
    }));
    system.begin("server");
    await system.untilReady();
    await Promise.all([page, ...later].map(look));
    await page.waitForSelector(".health-ready");
    await later[0]!.waitForSelector(".entries, .empty");
    await later[1]!.waitForSelector(".health-away", { state: "detached" });
    expect(tab.complaints.all).toEqual([]);
  });
});

/** Sees to it that the page asks for nothing while nobody looks at it, and at once when somebody does again. */
async function restsWhileHidden(page: Page): Promise<void> {
  let asked = 0;
  page.on("request", (request) => asked += Number(request.url().includes("/system/now")));
  const hide = (isHidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  const first = page.waitForResponse("**/system/now?*");
  await look(page);
  await (await first).finished();
  await hide(true);
  const before = asked;
  await look(page);
  // Another request after it: what the page asked for before is known by then.
  await page.evaluate(() => fetch("/healthz").then((response) => response.text()));
  expect(asked).toBe(before);
  const read = page.waitForResponse("**/system/now?*");
  await hide(false);
  expect((await (await read).json()).series.points.length).toBeLessThan(5);
}

/** The steps in which many dead letters are dealt with at once. */
async function deletingAndReplaying(
  { system, browser, step }: Rig,
  giveUp: (texts: readonly string[]) => Promise<void>,
): Promise<void> {
  await step("several are chosen and deleted; what fails is told with the reason", async () => {
    await giveUp(["one", "two", "three"]);
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/system/dead-letters?q=Put+aside`);
    const gone = await page.getAttribute("[data-letter]", "data-letter");
    await (await fetch(`${system.api}/api/dead-letters/${gone}`, { method: "DELETE" })).body?.cancel();
    await page.locator("[data-letter] input").nth(0).check();
    await page.locator("[data-letter] input").nth(1).check();
    await page.click("button:text-is('Delete')");
    await confirm(page);
    await page.waitForSelector("[data-work=ended]:has-text('1 was deleted.')");
    expect(await page.textContent(".work-failures")).toContain(`There is no dead letter '${gone}'`);
    await expectAccessible(page);
  });

  await step("all that match are deleted, until somebody says stop", async () => {
    await giveUp(["1", "2", "3", "4", "5", "6"].map((number) => `many ${number}`));
    await using tab = await openTab(browser, SMALL);
    const { page } = tab;
    await ready(page, `${system.url}/system/dead-letters?q=many`);
    const [asked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let under = 0;
    await page.route("**/api/dead-letters/*", async (route) => {
      if (++under === 4) asked.resolve();
      await goOn.promise;
      await route.continue();
    });
    await page.click("text=Delete all that match");
    await confirm(page);
    await asked.promise;
    await page.click("[data-work=working] button");
    goOn.resolve();
    await page.waitForSelector("[data-work=stopped]:has-text('4 were deleted. Stopped before the end.')");
    expect(await page.locator("[data-letter]").count()).toBe(2);
    await page.click("text=Replay all that match");
    await confirm(page);
    await page.waitForSelector("[data-work=ended]:has-text('2 were replayed.')");
    expect(await page.locator("[data-letter]").count()).toBe(0);
  });

  await step("newer ones wait until they are asked for", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/system/dead-letters`);
    const before = await page.locator("[data-letter]").count();
    await giveUp(["news"]);
    await look(page);
    await page.waitForSelector(".newer a");
    expect(await page.locator("[data-letter]").count()).toBe(before);
    await page.click(".newer a");
    await page.waitForSelector(".entry-gist:text-is('news')");
  });
}

/** The steps in which things go wrong. */
async function errors(
  { system, browser, step }: Rig,
  post: (path: string, body: unknown) => Promise<unknown>,
): Promise<void> {
  const fail = (name: string) =>
    post("/api/messages", {
      text_payload: "hello",
      receiver_id: `agent_${name}`,
      conversation_id: `conv_${name}`,
    });

  await step("a page of a list that the server does not know is not there, and said to be so", async () => {
    for (const list of ["errors", "dead-letters"]) {
      const response = await fetch(`${system.url}/system/${list}?cursor=wrong`);
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringContaining("not there any more"),
      ]);
    }
  });

  await step("an error is shown as it happens, with the way to its conversation", async () => {
    await using tab = await openTab(browser, SMALL);
    const { page } = tab;
    await ready(page, `${system.url}/system/errors`);
    await fail("nobody000");
    await look(page);
    await page.waitForSelector(".entry:has-text('agent_nobody000')");
    expect(await page.getAttribute("[data-error=message] a", "href")).toBe("/c/conv_nobody000");
    expect(await noSidewaysScroll(page)).toBe(true);
    await expectAccessible(page);
    for (let count = 0; count < 8; count++) await fail(`none${count}0000`);
    await look(page);
    await page.waitForSelector(".entry:has-text('agent_none70000')");
    await page.hover(".entries");
    await page.mouse.wheel(0, 400);
    await page.waitForFunction(() => document.querySelector("#main")!.scrollTop > 100);
    await fail("late00000");
    await look(page);
    await page.waitForSelector(".news button:text-is('1 new')");
    expect(await page.locator(".entry:has-text('agent_late00000')").count()).toBe(0);
    await page.click(".news button");
    await page.waitForSelector(".entry:has-text('agent_late00000')");
    expect(tab.complaints.all).toEqual([]);
  });
}
