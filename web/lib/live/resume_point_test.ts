import { expect } from "expect";
import type { Message } from "../../../shared/model/message.ts";
import { NOTHING_SEEN, resumePoint, saw } from "./resume_point.ts";

const after = (...frames: [seq: number | undefined, type: string, id: string][]) =>
  frames.map(([seq, message_type, message_id]) => ({ seq, message_type, message_id }) as Message)
    .reduce(saw, NOTHING_SEEN);

Deno.test("resumePoint() goes back to before the first piece of a reply that is being written", () => {
  expect(resumePoint(after([1, "TEXT", "a"], [2, "TEXT", "a"]))).toBe(2);
  expect(resumePoint(after([2, "TEXT", "a"], [3, "REPLY_CHUNK", "r"], [4, "REPLY_CHUNK", "r"]))).toBe(2);
  expect(resumePoint(after([3, "REPLY_CHUNK", "r"], [4, "REPLY", "r"]))).toBe(4);
  expect(resumePoint(after([3, "REPLY_CHUNK", "r"], [5, "REPLY_CHUNK", "s"], [6, "ERROR", "r"]))).toBe(4);
  expect(after([undefined, "AGENT_STATUS_UPDATE", "x"])).toBe(NOTHING_SEEN);
});
