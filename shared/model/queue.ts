/** The queues' names, fixed by the protocol ("Queues"). */

export const BROKER_INPUT_QUEUE = "broker_input_queue";
export const SERVER_INPUT_QUEUE = "server_input_queue";
/** Where brokers of the earlier form write; servers read it as they read `server_input_queue`. */
export const BROKER_OUTPUT_QUEUE = "broker_output_queue";
export const AGENT_METADATA_QUEUE = "agent_metadata_queue";
export const SERVER_ADVERTISEMENT_QUEUE = "server_advertisement_queue";
export const DEAD_LETTER_QUEUE = "dead_letter_queue";

/** Names the queue that one agent alone reads. */
export function agentQueue(agentId: string): string {
  return `agent_queue_${agentId}`;
}
