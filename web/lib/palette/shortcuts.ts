/** The keyboard shortcuts: the one table that handles them, lists them and stands beside what they reach. */

/** How a shortcut is written: keys one after the other, `Mod` being Ctrl, or ⌘ on a Mac. */
export const SHORTCUTS = [
  { keys: "Mod+K", name: "palette" },
  { keys: "?", name: "shortcuts" },
  { keys: "/", name: "find" },
  { keys: "g c", name: "chat", href: "/" },
  { keys: "g a", name: "agents", href: "/agents" },
  { keys: "g t", name: "tasks", href: "/tasks" },
  { keys: "g s", name: "system", href: "/system" },
  { keys: "n", name: "newConversation", href: "/" },
] as const;

export type Shortcut = (typeof SHORTCUTS)[number];

/** Which key `Mod` is, as a keyboard event names it. */
export type ModKey = "ctrlKey" | "metaKey";

/** What is asked of a keyboard event. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode"
>;

/** Writes a key press as the table does, after the key `before` it; a press that can be no shortcut is "". */
export function written(press: KeyPress, before: string, mod: ModKey): string {
  // 229 is what some browsers say of keys that an input method takes.
  if (press.isComposing || press.keyCode === 229 || press.altKey) return "";
  if (press.ctrlKey || press.metaKey) return isModK(press, mod) ? "Mod+K" : "";
  return before === "g" ? `g ${press.key}` : press.key;
}

function isModK(press: KeyPress, mod: ModKey): boolean {
  return press[mod] && !press.shiftKey && press.key.toLowerCase() === "k";
}

/** Gives the shortcut of that name. */
export function shortcutOf(name: string): Shortcut | undefined {
  return SHORTCUTS.find((shortcut) => shortcut.name === name);
}
