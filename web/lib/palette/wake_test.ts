import { expect } from "expect";
import { setSingleKeys } from "./single_keys.ts";
import { waitForFirst } from "./wake.ts";

/** Presses a key on a page that has not loaded the palette yet. Tells whether that loads it, and is kept from the browser. */
function wakes(press: Partial<KeyboardEvent>): boolean {
  let isAwake = false;
  const end = waitForFirst("ctrlKey", [], () => isAwake = true);
  const event = Object.assign(new Event("keydown", { cancelable: true }), press);
  dispatchEvent(event);
  end();
  expect(event.defaultPrevented).toBe(isAwake);
  return isAwake;
}

Deno.test("waitForFirst() wakes the palette for the keys that shortcuts begin with, and leaves others to the browser", () => {
  for (const key of ["?", "/", "g", "n"]) expect([key, wakes({ key })]).toEqual([key, true]);
  expect(wakes({ key: "k", ctrlKey: true })).toBe(true);
  const others = [
    { key: "k" },
    { key: "K", ctrlKey: true, shiftKey: true },
    { key: "k", metaKey: true },
    { key: "n", ctrlKey: true },
    { key: "n", metaKey: true },
    { key: "g", altKey: true },
  ];
  for (const press of others) expect([press, wakes(press)]).toEqual([press, false]);
});

Deno.test("waitForFirst() leaves keys without Ctrl alone where they are turned off", () => {
  setSingleKeys(false);
  try {
    expect([wakes({ key: "/" }), wakes({ key: "k", ctrlKey: true })]).toEqual([false, true]);
  } finally {
    setSingleKeys(true);
  }
});
