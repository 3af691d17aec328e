import { expect } from "expect";
import fc from "../../../shared/testing/property.ts";
import type { Message } from "../../../shared/model/message.ts";
import { textOf } from "./answer.ts";
import { type Chat, emptyChat, fail, isApart, take, takePage, wasDelivered, withoutKept } from "./chat.ts";
import type { Answer, Question } from "./entry.ts";
import { shownOf } from "./versions.ts";

const CONVERSATION = "conv_1";
const base = { conversation_id: CONVERSATION };
const text = (id: string, status?: Message["routing_status"], more: Partial<Message> = {}): Message => ({
  ...base,
  message_type: "TEXT",
  message_id: id,
  sender_id: "web_1",
  text_payload: `question ${id}`,
  routing_status: status,
  ...(status && status !== "pending" ? { receiver_id: "agent_a" } : {}),
  ...more,
});
const chunk = (id: string, sequence: number, piece: string, attempt = 1): Message => ({
  ...base,
  message_type: "REPLY_CHUNK",
  message_id: `re_${id}`,
  sender_id: "agent_a",
  in_reply_to_message_id: id,
  sequence,
  attempt,
  text_payload: piece,
});
const reply = (id: string, whole: string): Message => ({
  ...base,
  message_type: "REPLY",
  message_id: `re_${id}`,
  sender_id: "agent_a",
  receiver_id: "web_1",
  in_reply_to_message_id: id,
  text_payload: whole,
});
const error = (id: string, reason: string, more: Partial<Message> = {}): Message => ({
  ...base,
  message_type: "ERROR",
  message_id: `err_${id}`,
  sender_id: "server",
  in_reply_to_message_id: id,
  text_payload: `question ${id}`,
  routing_status: "error",
  error_details: reason,
  ...more,
});

const after = (...messages: Message[]): Chat => messages.reduce(take, emptyChat(CONVERSATION));
const ids = (chat: Chat) => chat.entries.map(({ id }) => id);
const question = (chat: Chat, id: string) => chat.entries.find((entry) => entry.id === id) as Question;
const answer = (chat: Chat, id: string) => chat.entries.find((entry) => entry.id === `re_${id}`) as Answer;

Deno.test("take() follows a question from pending to routed to delivered to answered, and never back", () => {
  const steps = [text("q", "pending"), text("q", "routed"), text("q", "delivered"), reply("q", "yes")];
  const ways = steps.map((_, index) => question(after(...steps.slice(0, index + 1)), "q").way);
  expect(ways).toEqual(["pending", "routed", "delivered", "answered"]);
  expect(question(after(...steps, ...steps), "q").way).toBe("answered");
  expect(question(after(...steps), "q").to).toBe("agent_a");
});

Deno.test("take() shows pieces by their number, replaces them by a higher attempt, and heals them by the reply", () => {
  const early = after(chunk("q", 1, "b"), chunk("q", 0, "a"), chunk("q", 1, "b"));
  expect(textOf(answer(early, "q"))).toBe("ab");
  const again = after(chunk("q", 0, "old"), chunk("q", 0, "new", 2), chunk("q", 1, "old", 1));
  expect(textOf(answer(again, "q"))).toBe("new");
  const healed = after(chunk("q", 0, "a"), chunk("q", 2, "c"), reply("q", "abc"), chunk("q", 3, "d"));
  expect(textOf(answer(healed, "q"))).toBe("abc");
});

Deno.test("take() keeps the text of a failed question, its reason, and what was written of an answer", () => {
  const failed = after(text("q", "pending"), error("q", "Nobody is online."));
  expect(question(failed, "q")).toMatchObject({
    way: "failed",
    reason: "Nobody is online.",
    text: "question q",
  });
  expect(failed.entries).toHaveLength(1);
  const broken = error("q", "The model went away.", {
    message_id: "re_q",
    sender_id: "agent_a",
    text_payload: "half",
  });
  const cut = after(text("q", "routed"), chunk("q", 0, "ha"), broken);
  expect(answer(cut, "q")).toMatchObject({ text: "half", brokenOff: true });
  expect(question(cut, "q").way).toBe("failed");
  expect(question(fail(after(text("q")), "q", "too long"), "q")).toMatchObject({
    way: "failed",
    reason: "too long",
  });
});

Deno.test("wasDelivered() tells a failure of the agent that had the question from one on the way to it", () => {
  const cases: [told: Message[], delivered: boolean][] = [
    [[text("q", "delivered"), error("q", "The model went away.", { sender_id: "agent_a" })], true],
    [[error("q", "The model went away.", { sender_id: "agent_a" }), text("q", "routed")], true],
    [[text("q", "routed"), error("q", "It has gone.")], false],
    [[text("q", "pending"), error("q", "Nobody is online.", { sender_id: "broker_1" })], false],
    [[text("q", "pending"), error("q", "Who said that?", { sender_id: undefined })], false],
  ];
  for (const [told, delivered] of cases) {
    const chat = after(...told);
    expect(wasDelivered(chat, question(chat, "q"))).toBe(delivered);
  }
});

Deno.test("take() leaves out other conversations, and takes an answer that names none by its question", () => {
  const chat = after(text("q", "pending"), { ...text("x", "pending"), conversation_id: "conv_2" });
  expect(chat.entries.map(({ id }) => id)).toEqual(["q"]);
  const told = take(chat, { ...error("q", "no"), conversation_id: undefined });
  expect(question(told, "q").way).toBe("failed");
});

Deno.test("take() remembers whom a question named, apart from whom the broker chose", () => {
  const named = after(text("q", "pending", { receiver_id: "agent_b" }), error("q", "offline"));
  expect(question(named, "q")).toMatchObject({ to: "agent_b", named: "agent_b" });
  expect(question(after(text("q", "pending"), text("q", "routed")), "q").named).toBeUndefined();
});

Deno.test("shownOf() hides a failed question that was asked again, and what came of it", () => {
  const chat = after(
    text("q", "pending"),
    error("q", "no"),
    text("r", "pending", { replaces_message_id: "q" }),
    reply("r", "yes"),
  );
  expect(shownOf(chat).entries.map(({ id }) => id)).toEqual(["r", "re_r"]);
});

Deno.test("takePage() orders what the server keeps as it does, and leaves what it has not got yet at the end", () => {
  const live = after(text("c"), chunk("b", 0, "x"), text("b", "pending"));
  const page = [reply("a", "1"), text("b", "routed"), text("a", "delivered")];
  expect(ids(takePage(live, page))).toEqual(["a", "b", "re_a", "c", "re_b"]);
});

Deno.test("takePage() puts an earlier page first, and keeps it there when the newest is read again", () => {
  const newest = takePage(emptyChat(CONVERSATION), [reply("b", "2"), text("b")]);
  const both = takePage(newest, [reply("a", "1"), text("a")], { earlier: true });
  expect(ids(both)).toEqual(["a", "re_a", "b", "re_b"]);
  expect(ids(takePage(both, [text("c"), reply("b", "2")]))).toEqual(["a", "re_a", "b", "re_b", "c"]);
});

/** Everything that is said about a few questions, some answered and some failed. */
const story = fc.array(
  fc.record({ parts: fc.array(fc.string({ minLength: 1 }), { maxLength: 5 }), fails: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 4,
  },
).map((questions) =>
  questions.flatMap(({ parts, fails }, index) => {
    const id = `q${index}`;
    const ways = (["pending", "routed", "delivered"] as const).map((status) => text(id, status));
    const pieces = parts.map((part, sequence) => chunk(id, sequence, part));
    return [...ways, ...pieces, fails ? error(id, "reason") : reply(id, parts.join("") || "-")];
  })
);

const shape = (chat: Chat) =>
  Object.fromEntries(chat.entries.map((entry) => [
    entry.id,
    entry.kind === "answer"
      ? [textOf(entry), entry.inReplyTo, entry.from]
      : entry.kind === "question"
      ? [entry.text, entry.way, entry.to, entry.reason]
      : [],
  ]));

Deno.test("take() shows the same for any order of frames, however often each comes: nothing lost, nothing twice", () => {
  fc.assert(fc.property(
    story.chain((frames) =>
      fc.tuple(
        fc.constant(frames),
        fc.shuffledSubarray([...frames, ...frames], { minLength: frames.length * 2 }),
      )
    ),
    ([frames, mixed]) => {
      const straight = after(...frames);
      const any = after(...mixed);
      expect(new Set(any.entries.map(({ id }) => id)).size).toBe(any.entries.length);
      expect(shape(any)).toEqual(shape(straight));
      expect(shape(takePage(any, frames.toReversed()))).toEqual(shape(straight));
    },
  ));
});

Deno.test("isApart() is where messages may lie between what was read and the newest page", () => {
  const page = (ids: string[], next_cursor: string | null) => ({
    items: ids.map((id) => text(id)),
    next_cursor,
  });
  const chat = takePage(emptyChat("conv_1"), [text("msg_1")]);
  expect(isApart(chat, page(["msg_9", "msg_8"], "more"))).toBe(true);
  expect(isApart(chat, page(["msg_2", "msg_1"], "more"))).toBe(false);
  expect(isApart(chat, page(["msg_9"], null))).toBe(false);
  expect(isApart(emptyChat("conv_1"), page(["msg_9"], "more"))).toBe(false);
});

Deno.test("withoutKept() forgets what can be read again, and nothing that is on its way", () => {
  const chat = take(takePage(emptyChat("conv_1"), [text("msg_1")]), text("msg_own"));
  const rest = withoutKept(chat);
  expect([rest.kept, rest.entries.map(({ id }) => id)]).toEqual([[], ["msg_own"]]);
  expect(takePage(rest, [text("msg_9")]).entries.map(({ id }) => id)).toEqual(["msg_9", "msg_own"]);
});
