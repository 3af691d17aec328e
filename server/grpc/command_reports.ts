/** `ReportCommands`: what agents say of their commands before the result. */
import { Metadata, type sendUnaryData, type ServerReadableStream } from "@grpc/grpc-js";
import type { CommandReport, CommandReportResponse } from "../../shared/grpc/gen/agent_registration.ts";
import type { CommandNews } from "../command/outcome.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";
import { onlyOnce } from "./only_once.ts";

/** Takes what an agent, which has shown its session key, says of a command. */
export type OnReport = (agentId: string, commandId: string, news: CommandNews) => void;

type ReportCall = ServerReadableStream<CommandReport, CommandReportResponse>;
type Done = sendUnaryData<CommandReportResponse>;

export function createReportCommands(edge: Edge, onReport: OnReport) {
  return (call: ReportCall, answer: Done) => {
    const done = onlyOnce(answer);
    const begin = () => receive(call, { edge, onReport, done });
    edge.hold(call, { kind: "reports", begin, end: (failure) => done(failure) });
  };
}

function receive(
  call: ReportCall,
  { edge, onReport, done }: { edge: Edge; onReport: OnReport; done: Done },
): Disposable {
  const agent = edge.callerOf(call.metadata);
  edge.authorize(agent, "report_command", agent.id);
  // As with replies, the stream is no presence, and is over when the id is somebody else's.
  const reporting = edge.roster.openReplies(agent.id, sessionKeyOf(call.metadata));
  reporting.ended.addEventListener("abort", () => done(edge.failure(reporting.ended.reason)));
  call.sendMetadata(new Metadata());
  call.on("data", (report: CommandReport) => {
    if (reporting.ended.aborted) return;
    try {
      requireText("command_id", report.commandId);
      const news = newsOf(report);
      if (news) onReport(agent.id, report.commandId, news);
    } catch (fault) {
      done(edge.failure(fault));
    }
  });
  call.on("end", () => done(null, {}));
  return reporting;
}

/** What a later version says and this one does not know is passed over. */
function newsOf({ report }: CommandReport): CommandNews | undefined {
  switch (report?.$case) {
    case "started":
      return { kind: "started", ...report.value };
    case "approvalNeeded":
      return { kind: "approval_needed", ...report.value };
    case "output": {
      const { sequence, text, stream } = report.value;
      return { kind: "output", sequence, text, stream: stream === "stderr" ? "stderr" : "stdout" };
    }
  }
}
