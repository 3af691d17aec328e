import assert from "node:assert/strict";
import { Printed } from "./printed.ts";

const whole = (output: string, truncated_bytes = 0) => ({ output, truncated_bytes });

Deno.test("Printed shows pieces once, and at the end nothing again", () => {
  const printed = new Printed();
  assert.equal(printed.piece({ sequence: 0, text: "one " }), "one ");
  assert.equal(printed.piece({ sequence: 0, text: "one " }), "");
  assert.equal(printed.piece({ sequence: 1, text: "two" }), "two");
  assert.equal(printed.whole(whole("one two")), "");
});

Deno.test("Printed shows of the whole what no piece brought, and goes on with the next piece", () => {
  const printed = new Printed();
  printed.piece({ sequence: 0, text: "one " });
  assert.equal(printed.whole(whole("one two three ")), "two three ");
  assert.equal(printed.piece({ sequence: 7, text: "four" }), "four");
  assert.equal(printed.whole(whole("one two three four")), "");
});

Deno.test("Printed shows an output that was cut only where nothing was shown", () => {
  assert.equal(new Printed().whole(whole("start … end", 99)), "start … end");
  const printed = new Printed();
  printed.piece({ sequence: 0, text: "start" });
  assert.equal(printed.whole(whole("start … end", 99)), "");
});
