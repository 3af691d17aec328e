/** What a form asks an agent to carry out. */
import { expect } from "expect";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { type CommandForm, type Fault, faultOf, offerOf, requestOf } from "./command_request.ts";

const form = (part: Partial<CommandForm>): CommandForm => ({
  kind: "program",
  text: "",
  interpreter: "",
  timeout: "",
  ...part,
});

Deno.test("requestOf() asks for a program by its words, and for all else by its text", () => {
  const CASES: [form: Partial<CommandForm>, request: Record<string, unknown>][] = [
    [{ text: "ls 'a b'" }, { type: "shell", arguments: ["ls", "a b"] }],
    [{ text: "df", timeout: "2.5" }, { type: "shell", arguments: ["df"], timeout_s: 2.5 }],
    [{ kind: "line", text: "df | sort" }, { type: "shell", content: "df | sort" }],
    [{ kind: "script", text: "1\n" }, { type: "script", content: "1\n" }],
    [{ kind: "script", text: "1", interpreter: "python3" }, {
      type: "script",
      content: "1",
      parameters: { interpreter: "python3" },
    }],
    [{ kind: "rotate", text: ' {"a":1} ' }, { type: "rotate", content: '{"a":1}' }],
  ];
  for (const [given, request] of CASES) expect(requestOf(form(given))).toEqual(request);
});

Deno.test("faultOf() says what is wrong before anything is sent", () => {
  const CASES: [form: Partial<CommandForm>, fault: Fault | undefined][] = [
    [{ text: " " }, "empty"],
    [{ text: "a 'b" }, "unfinished"],
    [{ kind: "line", text: "a 'b" }, undefined],
    [{ kind: "rotate", text: "{" }, "json"],
    [{ kind: "rotate", text: "" }, undefined],
    [{ text: "a", timeout: "0" }, "timeout"],
    [{ text: "a", timeout: "x" }, "timeout"],
    [{ text: "a", timeout: "86401" }, "timeout"],
    [{ text: "a", timeout: "0.5" }, undefined],
  ];
  for (const [given, fault] of CASES) expect([given, faultOf(form(given))]).toEqual([given, fault]);
});

Deno.test("offerOf() is what an agent says that it carries out", () => {
  const says = (agent: Partial<AgentInfo>) => offerOf(agent as AgentInfo);
  expect(says({ capabilities: ["chat"] })).toBeUndefined();
  expect(says({})).toBeUndefined();
  expect(says({ capabilities: ["commands"] })).toEqual(["program", "line", "script"]);
  expect(says({ attributes: { command_types: "shell script python rotate" } })).toEqual([
    "program",
    "line",
    "script",
    "rotate",
  ]);
  expect(says({ attributes: { command_types: " rotate  clean" } })).toEqual(["rotate", "clean"]);
});
