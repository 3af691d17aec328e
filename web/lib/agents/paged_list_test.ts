/** A list that does not push away what is being read. */
import { expect } from "expect";
import { PagedList } from "./paged_list.ts";

interface Item {
  id: string;
  is?: string;
}

const listOf = (...ids: string[]) =>
  new PagedList<Item>(
    { items: ids.map((id) => ({ id })), next_cursor: null },
    "/api/x?limit=2",
    ({ id }) => id,
  );
const ids = (items: readonly Item[] | undefined) => items?.map(({ id, is }) => id + (is ?? "")).join(" ");

Deno.test("what is known changes in its place, and what is new waits until it is asked for", () => {
  const list = listOf("2", "1");
  list.take([{ id: "3" }, { id: "2", is: "!" }], { isNewest: true });
  expect([ids(list.items.value), ids(list.news.value)]).toEqual(["2! 1", "3"]);
  list.take([{ id: "4" }, { id: "3", is: "!" }]);
  expect([ids(list.items.value), ids(list.news.value)]).toEqual(["2! 1", "4 3!"]);
  list.showNews();
  expect([ids(list.items.value), ids(list.news.value)]).toEqual(["4 3! 2! 1", ""]);
});

Deno.test("an empty list shows what comes at once, and one that was never read does not", () => {
  const empty = listOf();
  empty.take([{ id: "1" }]);
  expect(ids(empty.items.value)).toBe("1");
  const unread = new PagedList<Item>(undefined, "/api/x?limit=2", ({ id }) => id);
  unread.take([{ id: "1" }]);
  expect(unread.items.value).toBeUndefined();
  unread.take([{ id: "1" }], { isNewest: true });
  expect(ids(unread.items.value)).toBe("1");
});

Deno.test("what the reader made is put in front, once", () => {
  const list = listOf("1");
  list.take([{ id: "2" }]);
  list.put({ id: "2", is: "!" });
  list.put({ id: "2", is: "!!" });
  expect([ids(list.items.value), ids(list.news.value)]).toEqual(["2!! 1", ""]);
});
