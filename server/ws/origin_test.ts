import assert from "node:assert/strict";
import { refusalOf } from "./origin.ts";

const LOCAL = { hostname: "127.0.0.1", allowed: [] };
const PUBLIC = { hostname: "0.0.0.0", allowed: ["https://parley.example"] };

const FOREIGN_HOST = /bound to this machine alone.* localhost.* 127\.0\.0\.1 .*\[::1\]/;
const FOREIGN_ORIGIN = /ALLOWED_ORIGINS/;

const CASES = [
  { rules: LOCAL, host: "127.0.0.1:8765", origin: null, refusal: undefined },
  { rules: LOCAL, host: "localhost:8765", origin: "http://localhost:8000", refusal: undefined },
  { rules: LOCAL, host: "[::1]:8765", origin: "http://[::1]:8000", refusal: undefined },
  { rules: LOCAL, host: "localhost:8765", origin: "https://app.localhost", refusal: undefined },
  { rules: LOCAL, host: "localhost:8765", origin: "http://evil.example", refusal: FOREIGN_ORIGIN },
  { rules: LOCAL, host: "localhost:8765", origin: "http://localhost.evil.example", refusal: FOREIGN_ORIGIN },
  { rules: LOCAL, host: "localhost:8765", origin: "null", refusal: FOREIGN_ORIGIN },
  { rules: LOCAL, host: "rebound.example:8765", origin: null, refusal: FOREIGN_HOST },
  { rules: LOCAL, host: "rebound.example:8765", origin: "http://localhost:8000", refusal: FOREIGN_HOST },
  { rules: PUBLIC, host: "parley.example", origin: "https://parley.example", refusal: undefined },
  { rules: PUBLIC, host: "parley.example", origin: "https://parley.example:444", refusal: FOREIGN_ORIGIN },
  { rules: PUBLIC, host: "parley.example", origin: "http://localhost:8000", refusal: FOREIGN_ORIGIN },
  { rules: PUBLIC, host: "parley.example", origin: null, refusal: undefined },
];

for (const { rules, host, origin, refusal } of CASES) {
  Deno.test(`bound to ${rules.hostname}, ${origin} asking ${host} is ${refusal ? "refused" : "served"}`, () => {
    const headers = new Headers({ host, ...(origin === null ? {} : { origin }) });
    const said = refusalOf(headers, rules);
    if (refusal) assert.match(said ?? "", refusal);
    else assert.equal(said, undefined);
  });
}
