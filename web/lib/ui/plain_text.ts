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

/** Characters that are shown before somebody asks for all of them. */
const MOST_SHOWN = 6_000;

/** Cuts a long text, between two characters and not in the middle of one. */
export function beginningOf(text: string, most = MOST_SHOWN): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 1]!) ? most - 1 : most;
  return text.slice(0, end);
}

/** Makes a name fit for one line beside other things: cut, with a sign of it, where somebody made it very long. */
export function shortLine(text: string, most = 80): string {
  const shown = oneLine(beginningOf(text, most));
  return text.length > most ? `${shown}…` : shown;
}
