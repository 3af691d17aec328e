/** The store as the file log sees it: who comes and goes, what becomes of commands, and what is given up, once it is kept. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { type CommandRecord, isEnded } from "../../shared/model/command.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import type { PresenceChange } from "../../shared/model/presence.ts";
import { Recent } from "../../shared/recent.ts";
import type { CommandStore, DeadLetterStore, HistoryStore, Store } from "../../shared/store/store.ts";

/** Agents and brokers of whom it is remembered whether they were online. */
const REMEMBERED = 20_000;

/** Finds what an agent says of itself, which is logged when it registers. */
type Find = (agentId: string) => { role: string; capabilities: readonly string[] } | undefined;

/** Wraps `store`, which stays the caller's, so that what is kept in it is logged. */
export function observedStore(store: Store, logger: FileLogger, find: Find): Store {
  return {
    isShared: store.isShared,
    conversations: store.conversations,
    sessions: store.sessions,
    roster: store.roster,
    errands: store.errands,
    tasks: store.tasks,
    history: observedHistory(store.history, logger, find),
    commands: observedCommands(store.commands, logger),
    deadLetters: observedDeadLetters(store.deadLetters, logger),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function observedHistory(store: HistoryStore, logger: FileLogger, find: Find): HistoryStore {
  const shown = new Recent<"online" | "offline">(REMEMBERED);
  const note = (change: PresenceChange) => {
    const { id, kind, at, status: new_status, is_online, reason } = change;
    const event = eventOf(change, shown.get(id));
    shown.set(id, is_online ? "online" : "offline");
    const details = event === "registered" ? detailsOf(find(id)) : {};
    logger.logAgentActivity(id, event, { ...details, kind, new_status, is_online, reason }, at);
  };
  return {
    add: async (principal, changes) => {
      await store.add(principal, changes);
      changes.forEach(note);
    },
    list: (principal, id, page) => store.list(principal, id, page),
    lastBefore: (principal, id, before) => store.lastBefore(principal, id, before),
    prune: (principal, before, keep) => store.prune(principal, before, keep),
  };
}

function detailsOf(agent: ReturnType<Find>): object {
  return agent ? { agent_role: agent.role, capabilities: agent.capabilities } : {};
}

/** Names a change of presence, by how it was before. */
export function eventOf(
  { is_online, reason }: Pick<PresenceChange, "is_online" | "reason">,
  before: "online" | "offline" | undefined,
): string {
  if (reason === "registered") return "registered";
  const now = is_online ? "online" : "offline";
  return now === before ? "status_change" : now;
}

function observedCommands(store: CommandStore, logger: FileLogger): CommandStore {
  return {
    add: async (principal, command) => {
      await store.add(principal, command);
      noteCommand(logger, command);
    },
    change: async (principal, commandId, change, onlyFrom) => {
      const kept = await store.change(principal, commandId, change, onlyFrom);
      if (kept && change.status) noteCommand(logger, kept);
      return kept;
    },
    get: (principal, commandId) => store.get(principal, commandId),
    list: (principal, page) => store.list(principal, page),
    inStatus: (principal, statuses, agentId) => store.inStatus(principal, statuses, agentId),
    prune: (principal, before) => store.prune(principal, before),
  };
}

/** What a command is in full, and what it printed, stands in the store and not here: it may hold secrets. */
function noteCommand(logger: FileLogger, command: CommandRecord): void {
  const { agent_id, command_id, type, status, requested_by, exit_code, code, execution_time_ms } = command;
  logger.logAgentActivity(agent_id, `command_${status}`, { command_id, type, requested_by, exit_code, code });
  if (!isEnded(status) || execution_time_ms === null) return;
  logger.logPerformanceMetric(agent_id, "command_time", execution_time_ms, "ms");
}

function observedDeadLetters(store: DeadLetterStore, logger: FileLogger): DeadLetterStore {
  return {
    add: async (principal, letter) => {
      await store.add(principal, letter);
      noteDeadLetter(logger, letter);
    },
    list: (principal, page) => store.list(principal, page),
    get: (principal, id) => store.get(principal, id),
    remove: (principal, id) => store.remove(principal, id),
  };
}

function noteDeadLetter(logger: FileLogger, { id, body, code, reason }: DeadLetter): void {
  const why = { code, error_details: reason };
  try {
    logger.logMessage("dead_letter", { ...parseMessage(body), ...why });
  } catch {
    // What is no message has an id all the same.
    logger.logMessage("dead_letter", { message_id: id, ...why });
  }
}
