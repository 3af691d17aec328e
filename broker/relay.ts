/** The work itself: takes a message from `broker_input_queue`, decides, and publishes it once. */
import type { FileLogger } from "../shared/audit/file_logger.ts";
import type { Delivery, Envelope, Handler, MessageBus, Verdict } from "../shared/bus/bus.ts";
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { encodeMessage, parseMessage } from "../shared/model/codec.ts";
import type { Message } from "../shared/model/message.ts";
import { SERVER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { type Decision, type Roster, route, type RoutingOptions } from "./router.ts";

const log = logOf("broker", "relay");

export interface RelayOptions extends RoutingOptions {
  /** Where it is logged what was decided; left out: nowhere. */
  fileLog?: FileLogger | undefined;
}

/**
 * Creates the handler of `broker_input_queue`. A delivery is acknowledged only after what it became was stored, so
 * a broker that dies loses nothing. Up to the publish it never waits, so messages leave in the order they came.
 */
export function createRelay(
  bus: Pick<MessageBus, "publish">,
  roster: Roster,
  options: RelayOptions,
): Handler {
  return async ({ envelope }: Delivery): Promise<Verdict | void> => {
    const outcome = relayed(envelope, roster, options);
    if ("kind" in outcome) return gaveUp(envelope, outcome);
    await bus.publish(SERVER_INPUT_QUEUE, outcome.next);
    if (options.fileLog) note(options.fileLog, outcome);
  };
}

type Rejection = Extract<Verdict, { kind: "reject" }>;

interface Relayed {
  message: Message;
  decision: Exclude<Decision, { kind: "reject" }>;
  next: Envelope;
}

/** Turns what came into what goes to the server, or says why it is given up. */
function relayed(envelope: Envelope, roster: Roster, options: RoutingOptions): Relayed | Rejection {
  try {
    const message = parseMessage(envelope.body);
    const decision = route(message, roster, options);
    if (decision.kind === "reject") return decision;
    const next = decision.kind === "pass" ? envelope : withMessage(envelope, decision.message);
    return { message, decision, next };
  } catch (error) {
    const { code, message } = ParleyError.from(error);
    return { kind: "reject", code, reason: message };
  }
}

/** Logs what became of a message: passed on as it was, routed, or failed with the ERROR that takes its place. */
function note(fileLog: FileLogger, { message, decision }: Relayed): void {
  if (decision.kind === "pass") return fileLog.logMessage("passed", message);
  const { message_type, code, error_details } = decision.message;
  if (message_type !== "ERROR") return fileLog.logMessage("routed", decision.message);
  fileLog.logMessage("failed", { ...message, code, error_details });
}

/** Keeps the envelope's headers, priority and key; an ERROR that takes a message's place has its own id. */
function withMessage(envelope: Envelope, message: Message): Envelope {
  return { ...envelope, id: message.message_id || envelope.id, body: encodeMessage(message) };
}

function gaveUp({ id }: Envelope, verdict: Rejection): Rejection {
  log.warning("Gave up {id}: {reason}", { id, code: verdict.code, reason: verdict.reason });
  return verdict;
}
