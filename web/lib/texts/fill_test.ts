import { expect } from "expect";
import { counted, fill } from "./fill.ts";

Deno.test("fill() puts values where the text names them, and nothing that they say is a name again", () => {
  expect(fill("routed to {name}", { name: "{other} $&" })).toBe("routed to {other} $&");
  expect(fill("{count} of {all}", { count: 0, all: 3 })).toBe("0 of 3");
  expect(fill("{unknown}", {})).toBe("{unknown}");
});

Deno.test("counted() chooses the form and writes the number as the language does", () => {
  const forms = { one: "{count} task", other: "{count} tasks" };
  expect([0, 1, 2, 12_345].map((count) => counted(forms, count, "en"))).toEqual([
    "0 tasks",
    "1 task",
    "2 tasks",
    "12,345 tasks",
  ]);
  expect(counted(forms, 12_345, "de")).toBe("12.345 tasks");
});
