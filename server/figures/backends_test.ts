import assert from "node:assert/strict";
import { type Backend, backendOf } from "./backends.ts";

Deno.test("backendOf() names the kind, and nothing of the address", () => {
  const cases: [url: string, backend: Backend][] = [
    ["sqlite:data/bus.sqlite", "sqlite"],
    ["sqlite::memory:", "memory"],
    ["sqlite://:memory:", "memory"],
    ["amqp://guest:guest@localhost", "rabbitmq"],
    ["amqps://host", "rabbitmq"],
    ["redis://host", "redis"],
    ["rediss://host", "redis"],
    ["postgres://user:secret@host/parley", "postgres"],
    ["PostgreSQL://host/parley", "postgres"],
    ["mssql://host/parley", "mssql"],
    ["Server=tcp:host,1433;Database=parley;", "mssql"],
  ];
  for (const [url, backend] of cases) assert.equal(backendOf(url), backend, url);
});
