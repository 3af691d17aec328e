/** Where the focus goes from a button that will soon be gone. */

/** Puts the focus on what the `<details>` around `button` is called, should the button have it. */
export function focusSummary(button: HTMLElement): void {
  if (document.activeElement === button) button.closest("details")?.querySelector("summary")?.focus();
}
