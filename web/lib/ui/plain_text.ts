/** Text from others, made harmless to show: nothing in it can reorder or hide what stands beside it. */

/** Controls that are no text, and those that override the direction of writing. */
const HARMFUL = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu;

/** Puts � where a harmful control stood, so that one sees that something was there. */
export function inert(text: string): string {
  return text.replace(HARMFUL, "\ufffd");
}

/** Makes a name fit for one line. */
export function oneLine(text: string): string {
  return inert(text.replace(/\s+/g, " ").trim());
}
