/** A person asks for tasks in a real browser, follows them, and does something with many at once. */
import type { Page } from "playwright-core";
import { expect } from "expect";
import * as z from "zod";
import { Agent } from "../../agent/mod.ts";
import { browserTest, look, noSidewaysScroll, ready } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";

const NARROW = { viewport: { width: 360, height: 640 } };
const HOSTILE = "<script>globalThis.hurt = 1</script>a\u202eb" + "x".repeat(20_000);

/** Waits until the page says that what was tried is over, and gives what it says. */
async function resultOf(page: Page): Promise<string> {
  await page.waitForSelector("[data-work=ended]");
  return await page.locator("[data-work=ended]").innerText();
}

browserTest("a person asks for tasks in the browser", async ({ system, browser, step }) => {
  const api = async (path: string, body?: unknown) => {
    const response = await fetch(`${system.api}/api/tasks${path}`, {
      ...body === undefined ? {} : { method: "POST", body: JSON.stringify(body) },
      headers: { "content-type": "application/json" },
    });
    return await response.json();
  };
  const submit = async (body: Record<string, unknown>): Promise<string> => (await api("", body)).task_id;
  const goOn = new Map<string, PromiseWithResolvers<unknown>>();
  const gate = (name: string) => {
    const known = goOn.get(name) ?? Promise.withResolvers<unknown>();
    goOn.set(name, known);
    return known;
  };
  const parameters = z.object({
    file: z.string().describe("Which image"),
    width: z.int().min(1).max(4_000).default(640),
    format: z.enum(["png", "jpeg"]).optional(),
    tags: z.array(z.string()).optional(),
    crop: z.object({ left: z.number() }).optional(),
  });
  await using agent = new Agent({
    name: "Resi",
    id: "agent_resi0000",
    server: `127.0.0.1:${system.ports.grpc}`,
  });
  agent.onTask("resize", { description: "Makes an image smaller", parameters }, async (task) => {
    task.progress(0.4, "scaling");
    return await gate(task.parameters.file).promise;
  });
  agent.onTask("break", () => {
    throw new Error("The <b>disk</b> is full");
  });

  await step("no task yet: the page says how to submit one, also without JavaScript", async () => {
    await using bare = await openTab(browser, { javaScriptEnabled: false });
    await bare.page.goto(`${system.url}/tasks?new`);
    expect(await bare.page.textContent(".empty")).toMatch(/deno task cli -- task submit.*curl/);
    expect(await bare.page.isVisible(".without-script")).toBe(true);
    await using tab = await openTab(browser, NARROW);
    await ready(tab.page, `${system.url}/tasks`);
    expect(await noSidewaysScroll(tab.page)).toBe(true);
    await expectAccessible(tab.page, ["light"]);
  });

  await agent.start();
  await system.untilOnline("agent_resi0000");

  await step(
    "a form made from what agents announce, from the keyboard, is one task that is followed",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, `${system.url}/tasks`);
      await page.focus(".task-new");
      await page.keyboard.press("Enter");
      await page.waitForSelector("select[name=type]:focus");
      expect(new URL(page.url()).search).toBe("?new");
      await page.keyboard.type("resize");
      await page.waitForSelector("text=Makes an image smaller");
      await expectAccessible(page);
      await page.click(".submit-dialog .primary");
      await page.waitForSelector("[aria-invalid=true]:focus");
      expect(await page.textContent(".field-fault")).toBe("This is needed.");
      await page.keyboard.type("logo.png");
      await page.keyboard.press("Tab");
      await page.keyboard.type("0");
      expect(await page.inputValue(":focus")).toBe("0");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".field-fault:has-text('At least 1.')");
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type("40");
      await page.dblclick(".submit-dialog .primary");
      await page.waitForURL(/\/tasks\/task_/);
      await page.waitForSelector(".task-in_progress");
      await page.waitForSelector(".task-note:has-text('scaling')");
      expect(await page.getAttribute(".facts progress", "value")).toBe("40");
      expect(await page.textContent(".attempt-running")).toMatch(/Attempt 1.*Resi/);
      expect((await api("?type=resize")).items).toHaveLength(1);
      expect((await api("?type=resize")).items[0].parameters).toEqual({ file: "logo.png", width: 40 });
      gate("logo.png").resolve({ html: HOSTILE });
      await page.waitForSelector(".task-completed");
      expect(await page.textContent(".attempt-completed")).toContain("took");
      await page.waitForSelector(".output[aria-label=Result]");
      expect(await page.locator(".output script").count()).toBe(0);
      expect(await page.evaluate(() => (globalThis as { hurt?: number }).hurt)).toBeUndefined();
      expect(await page.textContent("[aria-label=Result]")).toContain("a\ufffdb");
      await page.click("text=/Show all/");
      await page.waitForFunction(() =>
        document.querySelector("[aria-label=Result]")!.textContent!.length > 20_000
      );
      await expectAccessible(page);
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step(
    "JSON that is none is said to be so, with its line; a type of one's own waits and says why",
    async () => {
      await using tab = await openTab(browser, NARROW);
      const { page } = tab;
      await ready(page, `${system.url}/tasks?new`);
      await page.selectOption("select[name=type]", { label: "Another type…" });
      await page.fill("[name=otherType]", "carve");
      await page.fill("[name=json]", '{\n "a": nothing\n}');
      await page.click(".submit-dialog .primary");
      await page.waitForSelector(".field-fault:has-text('Line 2, character 7')");
      await expectAccessible(page, ["light"]);
      await page.fill("[name=json]", '{\n "a": [1]\n}');
      await page.click(".submit-dialog .primary");
      await page.waitForURL(/\/tasks\/task_/);
      await page.waitForSelector(".task-waits:has-text('No agent that takes')");
      expect(await page.textContent("[aria-label=Parameters]")).toBe('{\n  "a": [\n    1\n  ]\n}');
      expect(await noSidewaysScroll(page)).toBe(true);
      await expectAccessible(page, ["light"]);
      await page.click("text=Cancel task");
      await page.click(".dialog[open] .danger");
      await page.waitForSelector(".facts .task-cancelled");
      await page.click(".task-actions >> text=Try again");
      await page.waitForSelector(".facts .task-pending");
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step(
    "sent again after a lost connection it is one task; with other content nothing happens unasked",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, `${system.url}/tasks?new&type=once`);
      await page.route("**/api/tasks", async (route) => {
        await route.fetch();
        await route.abort();
      }, { times: 1 });
      await page.waitForSelector("[name=otherType]");
      expect(await page.inputValue("[name=otherType]")).toBe("once");
      await page.click(".submit-dialog .primary");
      await page.waitForSelector(".failure-line:has-text('cannot be reached')");
      await page.fill("textarea[name=description]", "other");
      await page.click(".submit-dialog .primary");
      await page.waitForSelector(".failure-line:has-text('was sent before')");
      await page.waitForSelector("text=Submit as another task");
      await page.fill("textarea[name=description]", "");
      await page.click(".submit-dialog .primary");
      await page.waitForURL(/\/tasks\/task_/);
      expect((await api("?type=once")).items).toHaveLength(1);
    },
  );

  await step("subtasks appear under their parent, and news of them come in", async () => {
    const parent = await submit({ task_type: "campaign", description: HOSTILE });
    await using tab = await openTab(browser);
    await ready(tab.page, `${system.url}/tasks/${parent}`);
    const child = await submit({
      task_type: "resize",
      parent_task_id: parent,
      parameters: { file: "sub.png" },
    });
    await tab.page.waitForSelector(`[data-task=${child}] .task-in_progress`);
    gate("sub.png").resolve("**all** done");
    await tab.page.waitForSelector(`[data-task=${child}] .task-completed`);
    await tab.page.click(`[data-task=${child}] .task-name a`);
    await tab.page.waitForSelector(".markdown strong:text-is('all')");
    expect(await tab.page.getAttribute(`.facts a[href^="/tasks/"]`, "href")).toBe(`/tasks/${parent}`);
  });

  await step("a list is filtered and paged by its address, without JavaScript", async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, at) => submit({ task_type: "many", description: `Number ${at}` })),
    );
    await using tab = await openTab(browser, { javaScriptEnabled: false });
    const { page } = tab;
    await page.goto(`${system.url}/tasks`);
    await page.fill("[name=type]", "many");
    await page.selectOption("[name=status]", "pending");
    await page.click("text=Show");
    expect(await page.locator("[data-task]").count()).toBe(50);
    await page.click("text=Older");
    expect(await page.locator("[data-task]").count()).toBe(10);
    await page.click("text=Newest");
    await page.fill("[name=q]", "number 7");
    await page.click("text=Show");
    expect(await page.locator("[data-task]").count()).toBe(1);
    await page.goto(`${system.url}/tasks?q=no+such`);
    await page.click(".empty >> text=Clear filters");
    expect(new URL(page.url()).search).toBe("");
  });

  await step("many are cancelled and tried again at once, and what is not done is said", async () => {
    await using tab = await openTab(browser, NARROW);
    const { page } = tab;
    await ready(page, `${system.url}/tasks?type=many`);
    await page.locator("tbody [type=checkbox]").nth(1).press("Space");
    await page.locator("tbody [type=checkbox]").nth(4).press("Shift+Space");
    expect(await page.textContent(".bulk-bar strong")).toBe("4 selected");
    expect(await noSidewaysScroll(page)).toBe(true);
    await expectAccessible(page, ["light"]);
    await page.click("thead [type=checkbox]");
    await page.click("text=Select all that match");
    await page.waitForSelector(".bulk-bar strong:text-is('60 selected')");
    await page.click(".bulk-bar >> text=Cancel tasks");
    expect(await page.textContent(".dialog[open] h2")).toBe("Cancel 60 tasks?");
    await page.click(".dialog[open] .danger");
    expect(await resultOf(page)).toContain("60 tasks are cancelled.");
    await page.waitForFunction(() => document.querySelectorAll("[data-status=cancelled]").length === 50);
    await page.click("[aria-label=Dismiss]");
    const { items } = await api("?type=many&limit=1");
    await page.click("thead [type=checkbox]");
    await page.click(".bulk-bar >> text=Try again");
    // Meanwhile somebody else has it tried again.
    await api(`/${items[0].task_id}/retry`, {});
    await page.click(".dialog[open] .danger");
    const result = await resultOf(page);
    expect(result).toContain("49 tasks are tried again.");
    expect(result).toContain("1 was not");
    expect(result).toContain(items[0].task_id);
    await expectAccessible(page, ["dark"]);
    expect(tab.complaints.all.filter((text) => !text.includes("409"))).toEqual([]);
  });

  await step("new tasks come in at the top, or wait while somebody looks at what is there", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/tasks`);
    await page.waitForSelector("[data-task]");
    const first = await submit({ task_type: "news", description: HOSTILE });
    await page.waitForSelector(`[data-task=${first}]`);
    await page.hover("tbody tr");
    const second = await submit({ task_type: "news" });
    await page.waitForSelector(".fresh-tasks button:has-text('1 new task')");
    expect(await page.locator(`[data-task=${second}]`).count()).toBe(0);
    await page.click(".fresh-tasks button");
    await page.waitForSelector(`[data-task=${second}]`);
    await expectAccessible(page);
    expect(await page.locator("tbody script").count()).toBe(0);
  });

  await step("the server is killed and comes back: the page says so, and then how things stand", async () => {
    const id = await submit({ task_type: "late" });
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, `${system.url}/tasks/${id}`);
    const list = await tab.another();
    await ready(list, `${system.url}/tasks`);
    await system.kill("server");
    await page.waitForSelector(".banner:has-text('Disconnected')");
    await list.waitForSelector(".banner:has-text('Disconnected')");
    system.begin("server");
    await system.untilReady();
    await api(`/${id}/cancel`, {});
    await Promise.all([page, list].map(look));
    await page.waitForSelector(".facts .task-cancelled");
    await list.waitForSelector(`[data-task=${id}] .task-cancelled`);
    await page.waitForSelector(".banner", { state: "detached" });
    expect(tab.complaints.all).toEqual([]);
  });

  await step("a task that nobody knows is 404, and the page says so", async () => {
    await using tab = await openTab(browser);
    const response = await tab.page.goto(`${system.url}/tasks/task_nobody`);
    expect(response!.status()).toBe(404);
    await tab.page.waitForSelector("text=There is no such task");
    await expectAccessible(tab.page, ["light"]);
  });
});
