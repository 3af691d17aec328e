import { strict as assert } from "node:assert";
import { echo } from "./echo.ts";

for (const text of ["one two  three\n\nfour ", "", "   ", "one"]) {
  Deno.test(`echo() says ${JSON.stringify(text)} again, in pieces that make up the whole`, () => {
    const pieces: string[] = [];
    assert.equal(echo({ text, write: (piece) => pieces.push(piece) }), text);
    if (text.trim()) assert.equal(pieces.join(""), text);
  });
}
