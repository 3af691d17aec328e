/** A real browser for tests, and what it complained about. */
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "expect";

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

/** Whether these tests are left out, and what their names say about it; with CI=true they are not. */
export const ignore = !hasChromium && Deno.env.get("CI") !== "true";
export const suffix = ignore ? ` (ignored: no ${CHROMIUM})` : "";

/** What the browser said was wrong, without what a cut connection makes it say. */
export class Complaints {
  readonly all: string[] = [];

  watch(page: Page): void {
    page.on("console", (message) => {
      const text = message.text();
      if (
        ["error", "warning"].includes(message.type()) &&
        !/WebSocket|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|503|404/.test(text)
      ) {
        this.all.push(text);
      }
    });
    page.on("pageerror", (error) => this.all.push(String(error)));
  }
}

export interface Tab extends AsyncDisposable {
  page: Page;
  complaints: Complaints;
  /** Opens another page that shares this one's storage. */
  another(): Promise<Page>;
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Opens a page with a storage of its own. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(30_000);
  const complaints = new Complaints();
  const open = async () => {
    const page = await context.newPage();
    complaints.watch(page);
    return page;
  };
  return { page: await open(), complaints, another: open, [Symbol.asyncDispose]: () => context.close() };
}

/** Checks the page with axe, in light and in dark if not said otherwise; says what is wrong and where. */
export async function expectAccessible(
  page: Page,
  schemes: readonly ("light" | "dark")[] = ["light", "dark"],
): Promise<void> {
  await page.evaluate(`"axe" in globalThis || (() => {${axe.source}})()`);
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const { violations, passes } = await axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      if (passes.length < 10) return ["axe looked at hardly anything"];
      return violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`
      );
    });
    expect({ colorScheme, found }).toEqual({ colorScheme, found: [] });
  }
}
