/** The work itself: takes a message from `broker_input_queue`, decides, and publishes it once. */
import type { Delivery, Envelope, Handler, MessageBus, Verdict } from "../shared/bus/bus.ts";
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { encodeMessage, parseMessage } from "../shared/model/codec.ts";
import type { Message } from "../shared/model/message.ts";
import { SERVER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { type Roster, route, type RoutingOptions } from "./router.ts";

const log = logOf("broker", "relay");

/**
 * Creates the handler of `broker_input_queue`. A delivery is acknowledged only after what it became was stored, so
 * a broker that dies loses nothing. Up to the publish it never waits, so messages leave in the order they came.
 */
export function createRelay(
  bus: Pick<MessageBus, "publish">,
  roster: Roster,
  options: RoutingOptions,
): Handler {
  return async ({ envelope }: Delivery): Promise<Verdict | void> => {
    const outcome = relayed(envelope, roster, options);
    if ("kind" in outcome) return gaveUp(envelope, outcome);
    await bus.publish(SERVER_INPUT_QUEUE, outcome);
  };
}

type Rejection = Extract<Verdict, { kind: "reject" }>;

/** Turns what came into what goes to the server, or says why it is given up. */
function relayed(envelope: Envelope, roster: Roster, options: RoutingOptions): Envelope | Rejection {
  try {
    const decision = route(parseMessage(envelope.body), roster, options);
    if (decision.kind === "reject") return decision;
    return decision.kind === "pass" ? envelope : withMessage(envelope, decision.message);
  } catch (error) {
    const { code, message } = ParleyError.from(error);
    return { kind: "reject", code, reason: message };
  }
}

/** Keeps the envelope's headers, priority and key; an ERROR that takes a message's place has its own id. */
function withMessage(envelope: Envelope, message: Message): Envelope {
  return { ...envelope, id: message.message_id || envelope.id, body: encodeMessage(message) };
}

function gaveUp({ id }: Envelope, verdict: Rejection): Rejection {
  log.warn("Gave up {id}: {reason}", { id, code: verdict.code, reason: verdict.reason });
  return verdict;
}
