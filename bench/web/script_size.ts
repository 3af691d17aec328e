/** How much JavaScript each page may ever load: what it loads at once, and what it may import later. */
import { gzipSync } from "node:zlib";
import { System } from "../../tests/browser/system.ts";
import type { Finding } from "../presence/report.ts";

const MOST_BYTES = 40_000;
const PAGES = ["/", "/agents", "/tasks", "/system"];
const MODULE = /(?:from|import)\s*\(?\s*["']\.\/([\w.-]+\.js)["']/g;
/** A method of the highlighter, which is the one thing that does not count. */
const HIGHLIGHTER = "highlightAuto";

/** Adds up each page's modules, gzipped with -9, but for the highlighter and what it alone imports. */
export async function measureScript(): Promise<Finding[]> {
  await using system = await System.start();
  const findings: Finding[] = [];
  for (const path of PAGES) {
    const page = await fetch(system.url + path);
    const html = await page.text();
    findings.push(page.ok ? await findingOf(path, html, system.url) : missing(path));
  }
  return findings;
}

async function findingOf(path: string, html: string, origin: string): Promise<Finding> {
  const modules = await modulesOf(html, origin);
  const bytes = [...modules.values()].reduce((sum, size) => sum + size, 0);
  return {
    what: `JavaScript of ${path}, gzipped, without highlighting`,
    ...(path === "/" ? { bar: `≤ ${grouped(MOST_BYTES)} bytes`, isHeld: bytes <= MOST_BYTES } : {}),
    measured: `${grouped(bytes)} bytes in ${modules.size} modules`,
  };
}

/** Follows all imports from what the page names. Gives each module's size by its address. */
async function modulesOf(html: string, origin: string): Promise<Map<string, number>> {
  const named = html.matchAll(/(?:src|href)="(\/_fresh\/js\/[^"]+\.js)"/g);
  const reached = new Set(Array.from(named, ([, path]) => new URL(path!, origin).href));
  const sizes = new Map<string, number>();
  for (const url of reached) {
    const bytes = await (await fetch(url)).bytes();
    const code = new TextDecoder().decode(bytes);
    if (code.includes(HIGHLIGHTER)) continue;
    sizes.set(url, gzipSync(bytes, { level: 9 }).byteLength);
    for (const [, name] of code.matchAll(MODULE)) reached.add(new URL(name!, url).href);
  }
  return sizes;
}

function missing(path: string): Finding {
  return { what: `JavaScript of ${path}`, measured: "there is no such page yet" };
}

function grouped(number: number): string {
  return number.toLocaleString("en");
}
