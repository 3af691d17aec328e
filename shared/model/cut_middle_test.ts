import { strict as assert } from "node:assert";
import fc from "../testing/property.ts";
import { BoundedOutput, cutMiddle, wholeEnd } from "./cut_middle.ts";

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

for (const byte of [0xff, 0x80, 0xe2]) {
  Deno.test(`output of nothing but the byte ${byte} is counted by its bytes, and its text keeps to the limit`, () => {
    const output = new BoundedOutput(3_000);
    output.append(new Uint8Array(1_000).fill(byte));
    assert.deepEqual(output.cut(), { text: "\ufffd".repeat(1_000), truncatedBytes: 0 });
    output.append(new Uint8Array(1_000).fill(byte));
    const { text, truncatedBytes } = output.cut();
    assert.ok(bytesOf(text) <= 3_000 && bytesOf(text) > 2_900);
    const kept = text.match(/\ufffd/g)!.length;
    assert.ok(kept + truncatedBytes === 2_000, `${kept} ${truncatedBytes}`);
  });
}

Deno.test("BoundedOutput that is to keep less gives the same as one that never kept more, whenever it is told", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 200, max: 900 }),
      (lengths, at, most) => {
        const output = new BoundedOutput(1_000);
        let whole = "";
        for (const [index, length] of lengths.entries()) {
          if (index === at) output.limitTo(most);
          const piece = String.fromCharCode(97 + index % 26).repeat(length);
          output.append(piece);
          whole += piece;
        }
        output.limitTo(most);
        assert.deepEqual(output.cut(), cutMiddle(whole, most));
        assert.ok(output.heldBytes <= most * 1.5 + 1);
      },
    ),
  );
});

Deno.test("wholeEnd() keeps back a character that is not whole yet", () => {
  const bytes = new TextEncoder().encode("a😀");
  for (const length of [2, 3, 4]) assert.deepEqual(wholeEnd(bytes.subarray(0, length)), bytes.subarray(0, 1));
  assert.deepEqual(wholeEnd(bytes), bytes);
});
