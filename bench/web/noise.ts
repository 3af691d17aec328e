/** How much the machine's own unrest adds: a task that always does the same, in an empty page. */
import { openBrowser, openTab } from "../../tests/browser/chromium.ts";
import type { Finding } from "../presence/report.ts";
import { timesFinding } from "./figures.ts";
import type { Options } from "./main.ts";

const TASKS = 500;

/** Has the same sum worked out again and again, with pauses between. */
export async function measureNoise({ rounds }: Options): Promise<Finding[]> {
  const browser = await openBrowser();
  try {
    const all: number[] = [];
    for (let round = 0; round < rounds; round++) all.push(...await once(browser));
    return [timesFinding("noise: a task that always does the same", all.map((wallMs) => ({ wallMs })))];
  } finally {
    await browser.close();
  }
}

async function once(browser: Awaited<ReturnType<typeof openBrowser>>): Promise<number[]> {
  await using tab = await openTab(browser);
  return await tab.page.evaluate(async (count) => {
    const times: number[] = [];
    for (let task = -20; task < count; task++) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      const beganAt = performance.now();
      let sum = 0;
      for (let at = 0; at < 5_000_000; at++) sum += at % 7;
      if (task >= 0 && sum > 0) times.push(performance.now() - beganAt);
    }
    return times;
  }, TASKS);
}
