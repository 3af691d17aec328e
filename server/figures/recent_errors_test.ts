import assert from "node:assert/strict";
import { ParleyError } from "../../shared/error.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { RecentErrors } from "./recent_errors.ts";

const ALL = { limit: 1_000 };

Deno.test("RecentErrors gives what was noted, with its time, and null for what is not known", () => {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00.000Z"));
  const errors = new RecentErrors(clock);
  errors.note({
    what: "message",
    text: "No agent.",
    code: "no_agent_available",
    id: "msg_1",
    agents: ["web_1", null, "agent_1"],
    conversationId: "conv_1",
  });
  clock.advance(1_000);
  errors.note({ what: "server", text: undefined, code: "made_up", id: "", agents: ["server"] });
  assert.deepEqual(errors.list(ALL), {
    items: [
      {
        at: "2026-01-01T00:00:01.000Z",
        code: null,
        what: "server",
        id: null,
        text: "",
        agent_id: null,
        conversation_id: null,
      },
      {
        at: "2026-01-01T00:00:00.000Z",
        code: "no_agent_available",
        what: "message",
        id: "msg_1",
        text: "No agent.",
        agent_id: "agent_1",
        conversation_id: "conv_1",
      },
    ],
    next_cursor: null,
  });
});

Deno.test("RecentErrors remembers the newest 200", () => {
  const errors = new RecentErrors();
  for (let at = 1; at <= 250; at++) errors.note({ what: "task", text: `${at}` });
  const { items } = errors.list(ALL);
  assert.deepEqual([items.length, items[0]?.text, items.at(-1)?.text], [200, "250", "51"]);
});

Deno.test("a page of errors goes on where the one before ended, whatever has gone wrong since", () => {
  const errors = new RecentErrors();
  const texts = (items: { text: string }[]) => items.map(({ text }) => text);
  for (const text of ["1", "2", "3", "4"]) errors.note({ what: "task", text });
  const first = errors.list({ limit: 2 });
  assert.deepEqual(texts(first.items), ["4", "3"]);
  errors.note({ what: "task", text: "5" });
  const second = errors.list({ limit: 2, cursor: first.next_cursor! });
  assert.deepEqual([texts(second.items), second.next_cursor], [["2", "1"], null]);
  for (const cursor of ["", "-1", "1e3", "x"]) {
    assert.throws(
      () => errors.list({ limit: 2, cursor }),
      (thrown) => (thrown as ParleyError).code === "invalid_message",
    );
  }
});

Deno.test("RecentErrors cuts what others may have made very long", () => {
  const errors = new RecentErrors();
  const long = `agent_${"x".repeat(1_000)}`;
  errors.note({ what: "message", text: long, id: long, agents: [long], conversationId: long });
  const [error] = errors.list(ALL).items;
  assert.deepEqual(
    [error?.text.length, error?.id?.length, error?.agent_id?.length, error?.conversation_id?.length],
    [500, 200, 200, 200],
  );
});
