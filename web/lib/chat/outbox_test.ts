import { expect } from "expect";
import { openKeep } from "../live/keep.ts";
import { newId as newServerId } from "../../../shared/model/id.ts";
import { newId } from "./new_id.ts";
import { type Draft, Outbox } from "./outbox.ts";

const draft = (id: string, at: string): Draft => ({
  message_type: "TEXT",
  message_id: id,
  conversation_id: "conv_1",
  text_payload: id,
  send_timestamp: at,
});
const refuses = () => {
  throw new DOMException("no", "SecurityError");
};

Deno.test("Outbox keeps what was written, oldest first, until it or an answer to it arrives", () => {
  const outbox = new Outbox(openKeep(refuses));
  outbox.add(draft("msg_b", "2026-01-02"));
  outbox.add(draft("msg_a", "2026-01-01"));
  outbox.add(draft("msg_c", "2026-01-03"));
  expect(outbox.list().map(({ message_id }) => message_id)).toEqual(["msg_a", "msg_b", "msg_c"]);
  outbox.settle({ message_type: "TEXT", message_id: "msg_a" });
  outbox.settle({ message_type: "ERROR", message_id: "msg_x", in_reply_to_message_id: "msg_c" });
  expect(outbox.list().map(({ message_id }) => message_id)).toEqual(["msg_b"]);
});

Deno.test("Outbox leaves alone what is no message of its own", () => {
  const keep = openKeep(refuses);
  keep.setItem("parley.outbox.msg_x", "{broken");
  keep.setItem("other", JSON.stringify(draft("msg_y", "")));
  expect(new Outbox(keep).list()).toEqual([]);
});

Deno.test("openKeep() goes on in memory once the storage is full, and reads what was kept before", () => {
  const kept = {
    a: "1",
    getItem: (key: string) => key === "a" ? "1" : null,
    setItem: refuses,
    removeItem: refuses,
  };
  const keep = openKeep(() => kept as unknown as Storage);
  keep.setItem("b", "2");
  expect([keep.getItem("a"), keep.getItem("b"), keep.getItem("c")]).toEqual(["1", "2", null]);
  expect(keep.keys()).toEqual(expect.arrayContaining(["a", "b"]));
  keep.removeItem("b");
  expect(keep.getItem("b")).toBeNull();
});

Deno.test("newId() makes ids of the protocol's form, and never the same one", () => {
  const ids = Array.from({ length: 1_000 }, () => newId("msg"));
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^msg_0[0-9a-z]{24}$/);
  expect(ids[0]!.slice(0, 13) <= newServerId("msg").slice(0, 13)).toBe(true);
});
