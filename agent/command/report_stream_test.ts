import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import type { CommandReport } from "../../shared/grpc/gen/agent_registration.ts";
import type { OpenStream } from "../lasting_stream.ts";
import { ReportStream } from "./report_stream.ts";

/** A stream whose server takes nothing until it is told to. */
class SlowStream extends EventEmitter {
  readonly written: CommandReport[] = [];
  readonly taken: (() => void)[] = [];

  write(report: CommandReport, taken: () => void): boolean {
    this.written.push(report);
    this.taken.push(taken);
    return false;
  }

  end(): void {}
}

const MIB = "x".repeat(1_048_576);
let sequence = 0;
const output = (text: string): CommandReport => ({
  commandId: "c",
  agentId: "a",
  report: { $case: "output", value: { sequence: sequence++, text, stream: "stdout" } },
});
const started: CommandReport = {
  commandId: "d",
  agentId: "a",
  report: { $case: "started", value: { description: "df" } },
};

Deno.test("a server that takes nothing is not sent more than it may keep us holding, but how commands stand", () => {
  const stream = new SlowStream();
  const reports = new ReportStream((() => stream) as unknown as OpenStream<CommandReport>, () => []);
  for (let index = 0; index < 10; index++) reports.send(output(MIB));
  reports.send(started);
  assert.equal(stream.written.length, 5);
  assert.equal(stream.written.at(-1), started);
  stream.taken[0]!();
  reports.send(output(MIB));
  reports.send(output("x"));
  assert.equal(stream.written.length, 6);
  reports.close();
});
