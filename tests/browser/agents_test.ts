/** A person looks after agents in a real browser: who is there, when they were, and what they are told to run. */
import type { Page } from "playwright-core";
import { expect } from "expect";
import * as z from "zod";
import { Agent } from "../../agent/mod.ts";
import { browserTest, look, noSidewaysScroll, ready, tabTo } from "./ada.ts";
import { expectAccessible, openTab } from "./chromium.ts";
import type { System } from "./system.ts";

const WORKER = "agent_worker0000";
const NARROW = { viewport: { width: 360, height: 640 } };
/** As far as the server lets a name go. */
const NAME = "<script>globalThis.hurt=1</script>" + "x".repeat(150);
const HOSTILE = `${NAME}\u202e${NAME}`;

const unhurt = (page: Page) => page.evaluate(() => (globalThis as { hurt?: number }).hurt === undefined);
const pageOf = (system: System, view = "") => `${system.url}/agents/${WORKER}${view && `?view=${view}`}`;
const yes = (page: Page) => page.click("dialog[open] button[value=yes]");
const card = (words: string) => `.command-card:has(.command-title:text-is("${words}"))`;

const run = async (page: Page, words: string) => {
  await page.fill("#console-text", words);
  await page.press("#console-text", "Enter");
  await page.waitForSelector(card(words));
};

/** A shell line that prints, waits until the test says so, complains, and fails. */
const slow = (directory: string) =>
  `echo begun; while [ ! -e ${directory}/go ]; do sleep 0.05; done; printf 'oh <b>\\033[1mno\\n' >&2; exit 3`;

/** A shell line that prints a lot, waits until the test says so, and prints much more. */
const long = (directory: string) =>
  `seq 1 200; while [ ! -e ${directory}/more ]; do sleep 0.05; done; seq 201 150000`;

async function startWorker({ ports, directory }: System): Promise<Agent> {
  const policyFile = `${directory}/policy.json`;
  const allow = [
    { program: "sleep", arguments: ["60"] },
    { program: "echo", arguments: ["**"], approve: true },
    { shell: true, lines: [slow(directory), long(directory)] },
  ];
  await Deno.writeTextFile(policyFile, JSON.stringify({ allow }));
  const worker = new Agent({
    name: `Worker ${NAME}`,
    id: WORKER,
    server: `127.0.0.1:${ports.grpc}`,
    role: "worker",
    capabilities: ["chat", NAME.slice(0, 60)],
    commands: { policyFile },
  });
  worker.onMessage(({ text }) => `heard: ${text}`);
  worker.onCommand("rotate", z.unknown(), () => HOSTILE);
  await worker.start();
  return worker;
}

browserTest("a person looks after agents in the browser", async ({ system, browser, startAda, step }) => {
  const post = (path: string, body: unknown = {}) =>
    fetch(`${system.api}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).then((response) => response.json());

  await step("nobody there: the list gives the very command that starts an agent", async () => {
    await using tab = await openTab(browser);
    await ready(tab.page, `${system.url}/agents`);
    expect(await tab.page.textContent(".empty .command code")).toBe("deno task start:agent -- --name Ada");
    await expectAccessible(tab.page, ["light"]);
    await startAda();
    await tab.page.waitForSelector("[data-agent=agent_ada0000] .status-idle");
  });

  await using _worker = await startWorker(system);
  await system.untilOnline(WORKER);

  await step("the list is filtered without JavaScript", async () => {
    await using tab = await openTab(browser, { javaScriptEnabled: false });
    const { page } = tab;
    await page.goto(`${system.url}/agents`);
    expect(await page.locator("[data-agent]").count()).toBe(2);
    await page.fill("[name=q]", "ada");
    await page.selectOption("[name=status]", "idle");
    await page.press("[name=q]", "Enter");
    await page.waitForURL(/q=ada&status=idle/);
    expect(await page.locator("[data-agent]").evaluateAll((rows) => rows.map(({ dataset }) => dataset.agent)))
      .toEqual(["agent_ada0000"]);
    expect(await page.inputValue("[name=q]")).toBe("ada");
  });

  await step(
    "the list filters as one types, stands still under the pointer, and pauses everybody",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, `${system.url}/agents`);
      await page.fill("[name=q]", "nobody");
      await page.waitForSelector(".empty:has-text('No agent fits')");
      expect(new URL(page.url()).search).toBe("?q=nobody");
      await page.fill("[name=q]", "");
      await page.waitForSelector("[data-agent=agent_ada0000]");

      await page.hover(`[data-agent=${WORKER}]`);
      await post("/api/agents/agent_ada0000/deregister");
      await page.waitForSelector("tbody tr:first-child[data-agent=agent_ada0000] .status-offline");
      await page.hover("h1");
      await page.waitForSelector(`tbody tr:first-child[data-agent=${WORKER}]`);
      await post("/api/agents/agent_ada0000/reregister");
      await page.waitForSelector("tbody tr:first-child[data-agent=agent_ada0000] .status-idle");

      await page.click("text=Pause all");
      await page.click("dialog[open] button[value=no]");
      await page.click("text=Pause all");
      await yes(page);
      await page.waitForSelector(".control-all:has-text('2 agents changed.')");
      await page.waitForFunction(() => document.querySelectorAll(".status-paused").length === 2);
      await page.selectOption("[name=status]", "idle");
      await page.waitForSelector(".empty");
      await page.selectOption("[name=status]", "");
      await page.click("text=Resume all");
      await yes(page);
      await page.waitForFunction(() => document.querySelectorAll(".status-idle").length === 2);
      await expectAccessible(page);
      expect(await unhurt(page)).toBe(true);
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step("an agent is paused, resumed, taken off and let back, from the keyboard alone", async () => {
    await using tab = await openTab(browser);
    const { page } = tab;
    await ready(page, pageOf(system));
    const press = async (action: string) => {
      if (!await page.locator(`[data-do=${action}]:focus`).count()) await tabTo(page, `[data-do=${action}]`);
      await page.keyboard.press("Enter");
    };
    const confirm = async () => {
      await page.waitForSelector("dialog[open] [value=no]:focus");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    };
    await press("pause");
    await confirm();
    await page.waitForSelector(".agent-state .status-paused");
    await press("resume");
    await page.waitForSelector(".agent-state .status-idle");
    await press("deregister");
    await confirm();
    await page.waitForSelector(".agent-state .status-offline");
    await page.waitForSelector(".standing:has-text('taken off')");
    await page.waitForSelector(".changes li:has-text('deregistered by')");
    await press("reregister");
    await confirm();
    await page.waitForSelector(".standing", { state: "detached" });
    await page.waitForSelector(".agent-state .status-idle");
    await page.waitForSelector(".changes li:has-text('registered')");
    await expectAccessible(page);
    await page.click(".periods >> text=7 days");
    await page.waitForURL(/span=week/);
    expect(await page.locator(".timeline > svg rect").count()).toBeGreaterThan(1);
    expect(tab.complaints.all).toEqual([]);
  });

  await step(
    "a program runs: both streams told apart, its exit code, and nothing of it as markup",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, pageOf(system, "commands"));
      await page.selectOption(".console-form select", "line");
      await page.fill("#console-text", slow(system.directory));
      await page.press("#console-text", "Enter");
      const first = ".command-card:first-child";
      await page.waitForSelector(`${first}[data-status=running] pre.block:has-text('begun')`);
      await Deno.writeTextFile(`${system.directory}/go`, "");
      await page.waitForSelector(`${first}[data-status=failed] .stderr:has-text('oh <b>no')`);
      expect(await page.textContent(`${first} .command-state`)).toMatch(/failed.*exit code 3.*took /);
      expect(await page.textContent(`${first} pre.block`)).toBe("begun");

      await page.selectOption(".console-form select", "rotate");
      await page.press("#console-text", "Control+A");
      await page.press("#console-text", "Delete");
      await page.click(".console-form [type=submit]");
      await page.waitForSelector(`${first}[data-status=succeeded] pre:has-text('globalThis.hurt')`);
      expect(await page.textContent(`${first} pre`)).toContain("\ufffd");
      expect(await unhurt(page)).toBe(true);
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step(
    "the page follows a long output until its reader scrolls up; only its end is drawn",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, pageOf(system, "commands"));
      await page.selectOption(".console-form select", "line");
      await page.fill("#console-text", long(system.directory));
      await page.press("#console-text", "Enter");
      const first = ".command-card:first-child";
      const box = `${first} .output`;
      const atEnd = () => {
        const { scrollTop, scrollHeight, clientHeight } = document.querySelector(".command-card .output")!;
        return scrollTop > 0 && scrollHeight - clientHeight - scrollTop < 5;
      };
      await page.waitForSelector(`${box}:has-text('200')`);
      await page.waitForFunction(atEnd);
      await page.hover(box);
      await page.mouse.wheel(0, -400);
      await page.waitForSelector(".to-end");
      const before = await page.$eval(box, ({ scrollTop }) => scrollTop);
      await Deno.writeTextFile(`${system.directory}/more`, "");
      await page.waitForSelector(`${first}[data-status=succeeded] .quiet:has-text('Only the end is shown')`);
      const drawn = (await page.textContent(box))!;
      expect(drawn.length).toBeLessThanOrEqual(500_000);
      expect(drawn).toMatch(/150000$/);
      expect(await page.evaluate(atEnd)).toBe(false);
      expect(before).toBeGreaterThan(0);
    },
  );

  await step(
    "what may run only with a person's word shows exactly what that is, and runs with it",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, pageOf(system, "commands"));
      await page.fill("#console-text", "echo 'a  b\u200b' c");
      expect(await page.locator(".words-line li").allTextContents()).toEqual(["echo", "a␣␣b\\u{200b}", "c"]);
      await page.press("#console-text", "Enter");
      const first = ".command-card:first-child";
      await page.waitForSelector(`${first}[data-status=awaiting_approval] .approval`);
      expect(await page.textContent(`${first} .approval pre`)).toMatch(/echo \$'a {2}b\\U0000200b' c$/);
      expect(await page.locator(`${first} .approval .words li`).allTextContents()).toEqual([
        "echo",
        "a␣␣b\\u{200b}",
        "c",
      ]);
      await expectAccessible(page);
      const other = await tab.another();
      await ready(other, page.url());
      await other.click(".approval >> text=Approve");
      await page.waitForSelector(`${first}[data-status=succeeded] pre:has-text('a  b')`);
      await run(page, "echo no");
      await page.click(".approval >> text=Deny");
      await page.waitForSelector(`${card("echo no")}[data-status=cancelled] .failure-line`);
      await other.click(".news");
      await other.waitForSelector(`${card("echo no")}[data-status=cancelled]`);
      expect(tab.complaints.all).toEqual([]);
    },
  );

  await step(
    "a command is cancelled; one that is refused says why; earlier ones are shown when asked",
    async () => {
      for (let count = 0; count < 20; count++) {
        await post(`/api/agents/${WORKER}/commands`, { arguments: ["rm", `${count}`] });
      }
      await using tab = await openTab(browser, NARROW);
      const { page } = tab;
      await ready(page, pageOf(system, "commands"));
      expect(await page.locator(".command-card").count()).toBe(20);
      await page.click(".more");
      await page.waitForSelector(card("echo no"));
      await run(page, "rm -rf /");
      await page.waitForSelector(`${card("rm -rf /")} .failure-line:has-text('does not allow')`);
      await run(page, "sleep 60");
      await page.waitForSelector(`${card("sleep 60")}[data-status=running]`);
      await page.click(`${card("sleep 60")} >> text=Cancel`);
      await page.waitForSelector(`${card("sleep 60")}[data-status=cancelled]`);
      await page.route("**/commands", async (route) => {
        await route.fetch();
        await route.abort();
      }, { times: 1 });
      await page.fill("#console-text", "sleep 60");
      await page.press("#console-text", "Enter");
      await page.waitForSelector(".console-form .failure-line:has-text('cannot be reached')");
      const again = page.waitForResponse((response) => response.url().endsWith("/commands"));
      await page.press("#console-text", "Enter");
      await (await again).finished();
      await page.waitForSelector(`${card("sleep 60")}[data-status=running]`);
      await page.waitForSelector(".console-form .failure-line", { state: "detached" });
      expect(await page.locator(card("sleep 60")).count()).toBe(2);
      await page.click(`${card("sleep 60")}[data-status=running] >> text=Cancel`);
      await page.waitForSelector(`${card("sleep 60")}[data-status=running]`, { state: "detached" });
      await page.fill("#console-text", "ls 'a");
      await page.press("#console-text", "Enter");
      await page.waitForSelector("#console-fault:has-text('A quote is open')");
      expect(await noSidewaysScroll(page)).toBe(true);
      await expectAccessible(page, ["light"]);
      expect(tab.complaints.all.filter((text) => !/ERR_FAILED|409/.test(text))).toEqual([]);
    },
  );

  await step("an agent that takes no commands is said to be one", async () => {
    await using tab = await openTab(browser);
    await ready(tab.page, `${system.url}/agents/agent_ada0000?view=commands`);
    await tab.page.waitForSelector("text=This agent says of no command that it carries it out.");
    await expectAccessible(tab.page, ["light"]);
  });

  await step("its messages and tasks are listed, at 360 px, too", async () => {
    await post("/api/messages?wait=10", { receiver_id: WORKER, text_payload: HOSTILE + "y".repeat(2_000) });
    await post("/api/tasks", { task_type: NAME.slice(0, 100), description: HOSTILE });
    await using tab = await openTab(browser, NARROW);
    const { page } = tab;
    for (const view of ["messages", "tasks", ""]) {
      await ready(page, pageOf(system, view));
      expect([view, await noSidewaysScroll(page)]).toEqual([view, true]);
      expect(await unhurt(page)).toBe(true);
      await expectAccessible(page, view ? undefined : ["light"]);
      if (view !== "messages") continue;
      expect(await page.locator("[data-message]").count()).toBe(2);
      await page.click("text=more characters");
    }
    await ready(page, `${system.url}/agents`);
    expect(await noSidewaysScroll(page)).toBe(true);
    await expectAccessible(page, ["light"]);
    expect(tab.complaints.all).toEqual([]);
  });

  await step(
    "the server is killed and comes back: the page says so, and what ended meanwhile is known",
    async () => {
      await using tab = await openTab(browser);
      const { page } = tab;
      await ready(page, pageOf(system, "commands"));
      await run(page, "sleep 60");
      await page.waitForSelector(`${card("sleep 60")}[data-status=running]`);
      await system.kill("server");
      await page.waitForSelector(".banner");
      await page.waitForSelector(".outcome:has-text('running, when last heard of')");
      expect(await page.isDisabled(".console-form [type=submit]")).toBe(true);
      const fresh = await tab.another();
      const other = await tab.another();
      await fresh.goto(`${system.url}/agents`);
      await other.goto(pageOf(system, "messages"));
      await fresh.waitForSelector(".advice code:has-text('deno task start:server')");
      system.begin("server");
      await system.untilReady();
      await Promise.all([page, fresh, other].map(look));
      await page.waitForSelector(".link-open");
      await page.waitForSelector(".agent-state .status:not(.status-offline)");
      await page.waitForSelector(`${card("sleep 60")} .command-state:not(:has-text('last heard'))`);
      await fresh.waitForSelector(`[data-agent=${WORKER}] .status:not(.status-offline)`);
      await other.waitForSelector("[data-message]");
      expect(tab.complaints.all.filter((text) => !text.includes("ERR_INCOMPLETE_CHUNKED"))).toEqual([]);
    },
  );
});
