/** Cases: the body is opaque, whatever it is. */
import { strict as assert } from "node:assert";
import type { BusRig } from "../conformance.ts";
import { collecting, freshQueue, message } from "./inbox.ts";

const MEBIBYTE = 1024 * 1024;

/** One character of each Unicode plane that has any, both ends of the first, and what JSON would escape. */
const EVERY_PLANE =
  Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x1234)).join("") +
  '\u0001\u001f"\\/\u2028\ufeff\uffff';

const BODIES: Record<string, string | Uint8Array> = {
  "an empty text": "",
  "no bytes": new Uint8Array(0),
  "text that is not JSON": "{oh no",
  "every Unicode plane": EVERY_PLANE,
  "a text with a zero character": "before\u0000after",
  "a byte order mark": "\ufeff{}",
  "bytes that are no text": new Uint8Array([0, 255, 254, 128, 10, 0]),
  "1 MiB of text": "ä".repeat(MEBIBYTE / 2),
  "1 MiB of bytes": new Uint8Array(MEBIBYTE).map((_, index) => index % 251),
};

export const bodyCases = {
  async "odd bodies arrive as they were sent"(rig: BusRig) {
    const { bus } = await rig.member();
    const queue = freshQueue();
    const { handler, inbox } = collecting();
    await bus.consume(queue, handler);
    for (const [what, body] of Object.entries(BODIES)) {
      await bus.publish(queue, message("", { body }));
      const arrived = (await inbox.next(what)).envelope.body;
      assert.equal(typeof arrived, typeof body, what);
      assert.ok(isSame(arrived, body), `${what} has changed on its way`);
    }
  },
};

function isSame(a: string | Uint8Array, b: string | Uint8Array): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
