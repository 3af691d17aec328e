import { strict as assert } from "node:assert";
import fc from "fast-check";
import { BoundedOutput, cutMiddle } from "./cut_middle.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

Deno.test("cutMiddle() leaves alone what is short enough, to the byte", () => {
  assert.deepEqual(cutMiddle("", 1_000), { text: "", truncatedBytes: 0 });
  assert.deepEqual(cutMiddle("a".repeat(1_000), 1_000), { text: "a".repeat(1_000), truncatedBytes: 0 });
  assert.equal(cutMiddle("a".repeat(1_001), 1_000).truncatedBytes > 0, true);
});

Deno.test("cutMiddle() keeps both ends and says how much is missing between them", () => {
  const { text, truncatedBytes } = cutMiddle(`first${"x".repeat(5_000)}last`, 400);
  assert.match(text, /^firstx+\n… \d+ bytes were cut out here …\nx+last$/);
  assert.equal(Number(/(\d+) bytes/.exec(text)![1]), truncatedBytes);
});

Deno.test("cutMiddle() never goes over its limit, counts truly, and cuts no character apart", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "é", "€", "😀", "\n"), { minLength: 60, maxLength: 400 }),
      fc.integer({ min: 200, max: 400 }),
      (characters, most) => {
        const whole = characters.join("");
        const { text, truncatedBytes } = cutMiddle(whole, most);
        assert.ok(bytesOf(text) <= most && !text.includes("\ufffd"));
        const kept = bytesOf(text.replace(/\n… \d+ bytes were cut out here …\n/, ""));
        assert.equal(kept + truncatedBytes, bytesOf(whole));
      },
    ),
  );
});

Deno.test("BoundedOutput gives the same whether the output came at once or in pieces", () => {
  const whole = Array.from({ length: 20_000 }, (_, index) => `line ${index} €\n`).join("");
  const output = new BoundedOutput(1_024);
  for (const piece of whole.match(/[^]{1,7}/g)!) output.append(piece);
  assert.deepEqual(output.cut(), cutMiddle(whole, 1_024));
  assert.equal(output.bytes, bytesOf(whole));
});
