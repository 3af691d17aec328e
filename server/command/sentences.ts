/** What people are told of a command that ended without its agent's word: what is known, and what is not. */

export const UNKNOWN = {
  neverSent: "The agent was gone when it was to be sent. It did not run.",
  notWithinADay: "The agent did not come back within a day. It was never sent, and did not run.",
  notApproved: "Nobody approved it in time. It did not run.",
  agentLost: "The agent is gone. Should it come back with the result, that is shown.",
  agentForgot: "The agent was started anew, or never got it.",
  forgotBeforeApproval: "The agent was started anew while it waited for approval. It did not run.",
  serverStopped: "The server was stopped before it was sent. It did not run.",
  saysOtherwise: "Its agent says otherwise:",
  whetherItRan: "It is not known whether it ran.",
  howItEnded: "It had begun; how it went on is not known.",
} as const;

/** Writes a time for people. */
export function secondsOf(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}
