/** Text from others, made harmless to show: nothing in it can reorder or hide what stands beside it. */
// deno-lint-ignore-file no-control-regex -- the controls are what is looked for

/** Controls that are no text, and those that override the direction of writing. */
const HARMFUL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;

/** Puts � where a harmful control stood, so that one sees that something was there. */
export function inert(text: string): string {
  return text.replace(HARMFUL, "\ufffd");
}

/** Makes a name fit for one line. */
export function oneLine(text: string): string {
  return inert(text.replace(/\s+/g, " ").trim());
}
