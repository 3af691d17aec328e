import assert from "node:assert/strict";
import { isAllowed } from "./origin.ts";

const LOCAL = { hostname: "127.0.0.1", allowed: [] };
const PUBLIC = { hostname: "0.0.0.0", allowed: ["https://parley.example"] };

const CASES = [
  { rules: LOCAL, host: "127.0.0.1:8765", origin: null, isServed: true },
  { rules: LOCAL, host: "localhost:8765", origin: "http://localhost:8000", isServed: true },
  { rules: LOCAL, host: "[::1]:8765", origin: "http://[::1]:8000", isServed: true },
  { rules: LOCAL, host: "localhost:8765", origin: "https://app.localhost", isServed: true },
  { rules: LOCAL, host: "localhost:8765", origin: "http://evil.example", isServed: false },
  { rules: LOCAL, host: "localhost:8765", origin: "http://localhost.evil.example", isServed: false },
  { rules: LOCAL, host: "localhost:8765", origin: "null", isServed: false },
  { rules: LOCAL, host: "rebound.example:8765", origin: null, isServed: false },
  { rules: LOCAL, host: "rebound.example:8765", origin: "http://localhost:8000", isServed: false },
  { rules: PUBLIC, host: "parley.example", origin: "https://parley.example", isServed: true },
  { rules: PUBLIC, host: "parley.example", origin: "https://parley.example:444", isServed: false },
  { rules: PUBLIC, host: "parley.example", origin: "http://localhost:8000", isServed: false },
  { rules: PUBLIC, host: "parley.example", origin: null, isServed: true },
];

for (const { rules, host, origin, isServed } of CASES) {
  Deno.test(`bound to ${rules.hostname}, ${origin} asking ${host} is ${isServed ? "served" : "refused"}`, () => {
    const headers = new Headers({ host, ...(origin === null ? {} : { origin }) });
    assert.equal(isAllowed(headers, rules), isServed);
  });
}
