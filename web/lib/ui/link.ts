/** Which addresses in others' texts may be followed. */

const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** Gives the address as it may stand in a link, or undefined when it is not a whole http, https or mailto one. */
export function safeLink(href: unknown): string | undefined {
  if (typeof href !== "string" || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  return ALLOWED.has(url.protocol) ? url.href : undefined;
}
