/** A person's page and an agent whose answers a test dictates, on the real server and broker. */
import type { Browser, Page } from "playwright-core";
import { ignore, openBrowser, suffix } from "./chromium.ts";
import { System } from "./system.ts";

/** What Ada answers to one question: piece by piece, when the test says so; asked again, the same from the beginning. */
export class Script {
  readonly #pieces: string[] = [];
  #isWhole = false;
  #more = Promise.withResolvers<void>();

  say(piece: string): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  end(): void {
    this.#isWhole = true;
    this.#wake();
  }

  async play(write: (piece: string) => void): Promise<void> {
    for (let next = 0;;) {
      const more = this.#more.promise;
      while (next < this.#pieces.length) write(this.#pieces[next++]!);
      if (this.#isWhole) return;
      await more;
    }
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}

export const ask = async (page: Page, text: string) => {
  await page.fill("#message", text);
  await page.press("#message", "Enter");
};
export const ready = async (page: Page, url: string) => {
  await page.goto(url);
  await page.waitForSelector(".link-open");
};
export const bubbles = (page: Page) => page.locator(".bubble").allTextContents();
export const answers = (page: Page) => page.locator(".answer .markdown").allTextContents();

export interface Rig {
  system: System;
  browser: Browser;
  /** Gives what Ada answers to `question`. */
  scriptFor(question: string): Script;
  /** Brings Ada online, who says what the script for a question says, and `fixed` where that has an answer. */
  startAda(fixed?: Record<string, string>): Promise<void>;
  step(name: string, check: () => Promise<void>): Promise<void>;
}

/** Declares a test in the browser; its steps share one system, whose log is shown when one fails. */
export function browserTest(name: string, run: (rig: Rig) => Promise<void>): void {
  Deno.test({
    name: `${name}${suffix}`,
    ignore,
    async fn(t) {
      await using system = await System.start();
      const browser = await openBrowser();
      const scripts = new Map<string, Script>();
      try {
        await run(rigOf(t, { system, browser, scripts }));
      } finally {
        // An agent that still answers is waited for when it stops.
        for (const script of scripts.values()) script.end();
        await browser.close();
      }
    },
  });
}

interface Parts extends Pick<Rig, "system" | "browser"> {
  scripts: Map<string, Script>;
}

function rigOf(t: Deno.TestContext, { system, browser, scripts }: Parts): Rig {
  const scriptFor = (question: string) => {
    const script = scripts.get(question) ?? new Script();
    scripts.set(question, script);
    return script;
  };
  return {
    system,
    browser,
    scriptFor,
    async startAda(fixed = {}) {
      await system.agent("Ada", async ({ text, write }) => {
        if (text in fixed) return fixed[text];
        if (text.startsWith("say ")) return text.slice(4);
        await scriptFor(text).play(write);
      });
    },
    async step(name, check) {
      if (!await t.step(name, check)) console.error(system.log);
    },
  };
}

/** Moves the focus by the Tab key alone until it is on `selector`; throws when it does not get there. */
export async function tabTo(page: Page, selector: string, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press(key);
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`The key ${key} does not lead to ${selector}`);
}

/** Has the page connect and read at once, as it does when somebody comes back to it, rather than after its pause. */
export const look = (page: Page) =>
  page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

/** The sizes of screen that every page is tried at. */
export const SIZES = [{ width: 1280, height: 800 }, { width: 360, height: 700 }] as const;

/** Tells whether the page stays within the width of the screen. */
export const noSidewaysScroll = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
