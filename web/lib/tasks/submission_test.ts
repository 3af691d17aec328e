/** What the server is asked when the form is sent. */
import { expect } from "expect";
import { newTaskSchema } from "../../../shared/model/task.ts";
import { type Particulars, submissionOf } from "./submission.ts";

const PLAIN: Particulars = {
  type: " resize ",
  description: "",
  priority: "3",
  capabilities: [],
  otherCapabilities: "",
  agent: "",
  deadline: "",
  timeout: "",
  retries: "",
};
const JSON_GIVEN = { json: '{"width":40}' };

Deno.test("what is left as it is leaves the server its defaults", () => {
  const made = submissionOf(PLAIN, JSON_GIVEN, "form_1") as { body: object };
  expect(JSON.parse(JSON.stringify(made.body))).toEqual({
    task_type: "resize",
    description: "",
    parameters: { width: 40 },
    priority: 3,
    required_capabilities: [],
    idempotency_key: "form_1",
  });
});

Deno.test("all that can be said is what the server takes", () => {
  const made = submissionOf(
    {
      ...PLAIN,
      priority: "1",
      capabilities: ["images"],
      otherCapabilities: "pdf, images,, ",
      agent: "agent_1",
      deadline: "2027-01-01T12:00",
      timeout: "1.5",
      retries: "0",
    },
    JSON_GIVEN,
    "form_1",
  ) as { body: object };
  expect(newTaskSchema.parse(made.body)).toMatchObject({
    priority: 1,
    required_capabilities: ["images", "pdf"],
    preferred_agent: "agent_1",
    deadline: new Date("2027-01-01T12:00").toISOString(),
    timeout_s: 1.5,
    max_retries: 0,
  });
});

Deno.test("every fault is told at once, those of the parameters among them", () => {
  const odd = { ...PLAIN, type: " ", timeout: "0", retries: "1.5", deadline: "soon" };
  expect(submissionOf(odd, { json: "{" }, "form_1")).toEqual({
    faults: {
      json: { what: "early", line: 1, column: 2 },
      type: { what: "required" },
      timeout: { what: "above", limit: 0 },
      retries: { what: "whole" },
      deadline: { what: "required" },
    },
  });
  expect(submissionOf({ ...PLAIN, retries: "101", timeout: "x" }, JSON_GIVEN, "form_1")).toEqual({
    faults: { retries: { what: "most", limit: 100 }, timeout: { what: "number" } },
  });
});
