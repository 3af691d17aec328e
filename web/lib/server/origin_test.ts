import { expect } from "expect";
import { isLoopback, isOwnHost, isSameOrigin } from "./origin.ts";

Deno.test("isLoopback() knows the names that mean this machine alone", () => {
  for (const name of ["localhost", "a.localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"]) {
    expect(isLoopback(name)).toBe(true);
  }
  for (const name of ["0.0.0.0", "localhost.evil.com", "127.0.0.1.nip.io", "example.org", ""]) {
    expect(isLoopback(name)).toBe(false);
  }
});

Deno.test("isOwnHost() refuses foreign names while bound to loopback, and none otherwise", () => {
  const cases: [string | null, string, boolean][] = [
    ["localhost:8000", "127.0.0.1", true],
    ["[::1]:8000", "127.0.0.1", true],
    ["evil.example:8000", "127.0.0.1", false],
    ["127.0.0.1.nip.io", "localhost", false],
    [null, "127.0.0.1", false],
    ["parley.example", "0.0.0.0", true],
  ];
  for (const [host, boundTo, allowed] of cases) expect(isOwnHost(host, boundTo)).toBe(allowed);
});

Deno.test("isSameOrigin() takes the page's own origin, and requests of no browser", () => {
  const cases: [string | null, string | null, boolean][] = [
    [null, "localhost:8000", true],
    ["http://localhost:8000", "localhost:8000", true],
    ["https://Parley.example", "parley.example", true],
    ["http://localhost:8001", "localhost:8000", false],
    ["http://127.0.0.1:8000", "localhost:8000", false],
    ["http://localhost:8000.evil.com", "localhost:8000", false],
    ["null", "localhost:8000", false],
    ["http://localhost:8000", null, false],
  ];
  for (const [origin, host, allowed] of cases) expect(isSameOrigin(origin, host)).toBe(allowed);
});
