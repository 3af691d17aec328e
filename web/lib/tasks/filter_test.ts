/** Which tasks an address asks for. */
import { expect } from "expect";
import { filterOf, isFiltered, lets, listPath, pageHref } from "./filter.ts";
import { someTask } from "./testing/some_task.ts";

const of = (query: string) => filterOf(new URLSearchParams(query));

Deno.test("an address is read and written the same way", () => {
  for (const query of ["", "?status=failed%2Ctimed_out&agent=agent_1&type=resize&q=a+b&parent=task_1"]) {
    expect(pageHref(of(query))).toBe(`/tasks${query}`);
  }
  expect(pageHref(of("q=a"), "c 1")).toBe("/tasks?q=a&cursor=c+1");
  expect(listPath(of("q=a"), { limit: 7 })).toBe("/api/tasks?q=a&limit=7");
});

Deno.test("what no filter can be is passed over, so that the server is asked for nothing that it refuses", () => {
  const filter = of(`status=nonsense,failed&q=${"x".repeat(500)}&type=a%00b%0ac`);
  expect([filter.status, filter.q.length, filter.type]).toEqual([["failed"], 200, "abc"]);
  expect([isFiltered(of("status=nonsense")), isFiltered(filter)]).toEqual([false, true]);
});

Deno.test("lets() lets through what the server would", () => {
  const task = someTask(1, {
    status: "failed",
    agent_id: "agent_1",
    parent_task_id: "task_0",
    description: "A Large Logo",
  });
  const through = [
    "",
    "status=failed,pending",
    "agent=agent_1",
    "type=resize",
    "parent=task_0",
    "q=large",
    "q=TASK_1",
  ];
  const held = ["status=pending", "agent=agent_2", "type=resiz", "parent=task_9", "q=small"];
  expect([...through, ...held].filter((query) => lets(of(query), task))).toEqual(through);
});
