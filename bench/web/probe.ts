/** What is put into a page before its own code: it marks when something came, and when the page had been changed for it. */
import type { Page } from "playwright-core";

/** What a page that is measured remembers: each in milliseconds since its navigation began. */
export interface Probe {
  /** When the newest message, the open connection and the composer were first there together. */
  usableAt?: number;
  /** Longest tasks that the browser itself complains of, over 50 ms. */
  longTasks: number[];
  /** How many frames came, by their type. */
  frames: Record<string, number>;
  /** Resolves once one more answer is there to its end, and coloured. */
  answered(): Promise<void>;
}

/** Has every document of `page` observed. Frames that contain `awaited` and the key Enter begin what is measured. */
export async function install(page: Page, awaited: Record<string, string>, token?: string): Promise<void> {
  await page.addInitScript(observe, { awaited, token });
}

export async function readProbe(page: Page): Promise<Omit<Probe, "answered">> {
  return await page.evaluate(() => (globalThis as unknown as { bench: Probe }).bench);
}

/** Does `act`, and waits for one more answer without asking the page again and again, which would have it draw. */
export async function untilAnswered(page: Page, act: () => Promise<void>): Promise<void> {
  const answered = page.evaluate(() => (globalThis as unknown as { bench: Probe }).bench.answered());
  await act();
  await answered;
}

/** Runs in the browser: nothing of this module is there but what is in here. */
function observe({ awaited, token }: { awaited: Record<string, string>; token?: string }): void {
  if (token) localStorage.setItem("parley.session_token", token);
  let hearReply = () => {};
  const answered = () => new Promise<void>((resolve) => hearReply = () => setTimeout(resolve, 400));
  const bench: Probe = { longTasks: [], frames: {}, answered };
  Object.assign(globalThis, { bench });
  let [open, count] = ["", 0];
  const begin = (name: string) => {
    if (open) return;
    open = `${name} ${++count}`;
    performance.mark(`bench begun ${open}`);
  };

  class ObservedSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        const type = /"message_type":"(\w+)"/.exec(String(data))?.[1] ?? "";
        bench.frames[type] = (bench.frames[type] ?? 0) + 1;
        if (type === "REPLY") hearReply();
        const found = Object.entries(awaited).find(([, part]) => String(data).includes(part));
        if (found) begin(found[0]);
      });
    }
  }
  globalThis.WebSocket = ObservedSocket;

  addEventListener("keydown", ({ key }) => key === "Enter" && begin("question"), { capture: true });
  addEventListener("keydown", ({ key }) => key === "z" && begin("letter"), { capture: true });
  addEventListener("input", () => changed("letter"), { capture: true });
  const changed = (...names: string[]) => {
    if (!names.includes(open.split(" ")[0]!)) return;
    performance.mark(`bench changed ${open}`);
    open = "";
  };

  new MutationObserver((records) => {
    if (bench.usableAt === undefined && isUsable()) bench.usableAt = performance.now();
    const isInLog = ({ target }: MutationRecord) =>
      (target instanceof Element ? target : target.parentElement)?.closest(".log");
    if (open && records.some(isInLog)) changed("question", ...Object.keys(awaited));
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
  new PerformanceObserver((list) =>
    bench.longTasks.push(...list.getEntries().map(({ duration }) => duration))
  )
    .observe({ type: "longtask", buffered: true });

  function isUsable(): boolean {
    const newest = document.querySelector(".log .block:last-of-type")?.lastElementChild;
    const isSeen = newest && newest.getBoundingClientRect().top < innerHeight;
    return Boolean(isSeen && document.querySelector(".link-open") && document.querySelector("#message"));
  }
}
