/**
 * Makes the pictures in docs/ from the real thing: server, broker and dashboard, with a few agents at work.
 *
 *   deno run -A tests/browser/screenshots.ts
 */
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";
import { Agent } from "../../agent/mod.ts";
import { openBrowser, openTab } from "./chromium.ts";
import { System } from "./system.ts";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 820 }, deviceScaleFactor: 1.5 };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };

const ANSWER = `Three of them are worth a look, in this order:

| retailer | orders late | typical delay |
| --- | --: | --: |
| Northwind | 42 | 3.1 days |
| Contoso | 17 | 1.4 days |
| Fabrikam | 9 | 6.0 days |

**Northwind** has the most, and nearly all of them left the same warehouse. To see them yourself:

\`\`\`sql
select order_id, promised_on, shipped_on
from orders
where shipped_on > promised_on -- late ones only
order by shipped_on - promised_on desc;
\`\`\`

- Fabrikam's few are the longest: ask them first.
- Contoso is within what the contract allows.`;

const orders = z.object({
  region: z.enum(["north", "south", "west"]).describe("Where the orders come from"),
  days: z.int().min(1).max(90).default(30).describe("How many days back"),
  exclude_returns: z.boolean().default(true),
});

await main();

async function main(): Promise<void> {
  await using system = await System.start();
  const agents = await startAgents(system);
  const browser = await openBrowser();
  try {
    const take = async (
      name: string,
      path: string,
      { options = DESKTOP, prepare = () => Promise.resolve() }: Picture = {},
    ) => {
      await using tab = await openTab(browser, options);
      await tab.page.goto(system.url + path);
      await tab.page.waitForSelector(".link-open");
      await prepare(tab.page);
      await tab.page.screenshot({ path: `${DOCS}${name}.png` });
      console.log(`docs/${name}.png`);
    };
    await take("chat", "/", { prepare: converse });
    await take("phone", "/", { options: { ...PHONE, colorScheme: "dark" }, prepare: converse });
    await runCommand(system);
    await take("console", "/agents/agent_linus0000?view=commands", {
      prepare: async (page) => {
        const folded = page.locator(".command-card summary, .command-card [aria-expanded=false]");
        for (const card of (await folded.all()).slice(0, 2)) await card.click();
        await page.mouse.move(0, 0);
        await page.waitForSelector("main pre");
      },
    });
    const taskId = await runTasks(system);
    await take("tasks", "/tasks");
    await take("task", `/tasks/${taskId}`, { options: { ...DESKTOP, colorScheme: "dark" } });
    await seriesOf(system, 6);
    await take("system", "/system");
  } finally {
    await browser.close();
    await Promise.all(agents.map((agent) => agent[Symbol.asyncDispose]()));
  }
}

interface Picture {
  options?: BrowserContextOptions;
  prepare?: (page: Page) => Promise<void>;
}

async function startAgents(system: System): Promise<Agent[]> {
  const server = `127.0.0.1:${system.ports.grpc}`;
  const make = (name: string, more: Partial<ConstructorParameters<typeof Agent>[0]>) =>
    new Agent({ name, id: `agent_${name.toLowerCase()}0000`, server, version: "1.4.0", ...more });
  const ada = make("Ada", { role: "researcher", capabilities: ["chat", "search", "sql"] });
  ada.onMessage(() => ANSWER);
  const grace = make("Grace", { role: "worker", capabilities: ["only-when-named", "reports"] });
  grace.onMessage(() => "I write reports.");
  let isFirst = true;
  const description = "Writes the report of late orders for a region.";
  grace.onTask("report", { description, parameters: orders, maxConcurrent: 4 }, (task) => {
    task.progress(0.4, "reading orders");
    if (isFirst) {
      isFirst = false;
      throw new Error("The warehouse's list was not there yet.");
    }
    task.progress(0.9, "writing");
    return { region: task.parameters.region, late: 68, worst: "Northwind", mean_delay_days: 2.8 };
  });
  const linus = make("Linus", {
    role: "devops",
    capabilities: ["only-when-named", "shell"],
    commands: { allow: ["df *", "uname *", "git *"] },
  });
  linus.onMessage(() => "I run what my owner allows.");
  const agents = [ada, grace, linus];
  for (const agent of agents) await agent.start();
  for (const id of ["ada", "grace", "linus"]) await system.untilOnline(`agent_${id}0000`);
  return agents;
}

async function converse(page: Page): Promise<void> {
  await page.selectOption("#to", { label: "Ada" });
  await page.fill("#message", "Which retailers are late most often, and by how much?");
  await page.press("#message", "Enter");
  await page.waitForSelector("[data-way=answered]");
  await page.waitForSelector(".hljs-keyword");
}

async function post(system: System, path: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(system.api + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return await response.json();
}

async function runCommand(system: System): Promise<void> {
  for (const args of [["uname", "-sr"], ["git", "--version"], ["df", "-h", "/"]]) {
    const { command_id } = await post(system, "/api/agents/agent_linus0000/commands", {
      type: "shell",
      arguments: args,
      content: args.join(" "),
    });
    await until(system, `/api/commands/${command_id}`, ({ status }) => status === "succeeded");
  }
}

async function runTasks(system: System): Promise<string> {
  const submit = (region: string, more: object = {}) =>
    post(system, "/api/tasks", {
      task_type: "report",
      description: `Late orders, ${region}`,
      parameters: { region },
      ...more,
    });
  const { task_id } = await submit("north", { max_retries: 3 });
  await until(system, `/api/tasks/${task_id}`, ({ status }) => status === "completed");
  await submit("south");
  await submit("west", { priority: 1 });
  await post(system, "/api/tasks", { task_type: "translate", description: "The report, in German" });
  return task_id!;
}

/** Waits until the server has so many points of its figures. */
async function seriesOf(system: System, count: number): Promise<void> {
  await until(system, "/api/stats/series", ({ points }) => (points as unknown as unknown[]).length >= count);
}

async function until(
  system: System,
  path: string,
  isSo: (answer: Record<string, string>) => boolean,
): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (isSo(await (await fetch(system.api + path)).json())) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} did not become as expected`);
}
