import { expect } from "expect";
import type { Message } from "../../../shared/model/message.ts";
import { en } from "../texts/en.ts";
import { asMarkdown, fileNameOf } from "./export.ts";

const message = (fields: Partial<Message>): Message => ({ message_type: "TEXT", ...fields });

Deno.test("asMarkdown() says who said what and when, oldest first", () => {
  const conversation = { conversation_id: "conv_1", title: "A *title*\nof two lines", updated_at: "" };
  const messages = [
    message({ sender_id: "web_1", text_payload: "Why?", send_timestamp: "2026-05-01T12:00:00.000Z" }),
    message({ message_type: "ERROR", sender_id: "server", text_payload: "" }),
    message({ message_type: "REPLY", sender_id: "agent_a", receiver_id: "web_1", text_payload: "**So.**" }),
    message({ message_type: "REPLY", sender_id: "agent_b", receiver_id: "web_1", text_payload: "I agree" }),
  ];
  expect(asMarkdown({ conversation, messages, names: { agent_a: "Ada # 1" } }, en.chat)).toBe(
    "# A \\*title\\* of two lines\n\n## You · 2026-05-01T12:00:00.000Z\n\nWhy?\n\n" +
      "## Ada \\# 1\n\n**So.**\n\n## agent\\_b\n\nI agree\n",
  );
});

Deno.test("asMarkdown() says why a question failed, and not its text again; what was written until then stays", () => {
  const conversation = { conversation_id: "conv_1", title: "T", updated_at: "" };
  const failed = { message_type: "ERROR", sender_id: "server", in_reply_to_message_id: "msg_1" } as const;
  const messages = [
    message({ message_id: "msg_1", sender_id: "web_1", text_payload: "Why?" }),
    message({ ...failed, text_payload: "Why?", error_details: "Nobody is there." }),
    message({ ...failed, text_payload: "Becau", error_details: "It ended." }),
  ];
  expect(asMarkdown({ conversation, messages, names: {} }, en.chat)).toBe(
    "# T\n\n## You\n\nWhy?\n\n## server\n\nNobody is there.\n\n## server\n\nBecau\n\nIt ended.\n",
  );
});

Deno.test("fileNameOf() makes a name that every system takes, and that fits in a header", () => {
  const cases: [title: string, name: string][] = [
    ["Über alles", "%C3%9Cber%20alles.md"],
    ["../../etc/passwd", "etc%20passwd.md"],
    ["", "conversation.md"],
    ["a\r\nb'(c)*", "a%20b%27%28c%29.md"],
    ["\ud800", "%EF%BF%BD.md"],
  ];
  for (const [title, name] of cases) expect([title, fileNameOf(title, "md")]).toEqual([title, name]);
});
