/** Coordination with a server: messages go through its hub, the roster is its, and so are the tasks. */
import { CHANNEL_OPTIONS, dialCredentials, unary } from "../../shared/grpc/channel.ts";
import {
  type AgentInfo as WireAgent,
  type AgentStatusResponse,
  AgentStatusServiceClient,
} from "../../shared/grpc/gen/agent_status.ts";
import { toAgentStatus } from "../../shared/model/agent.ts";
import { agentQueue, BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import type { AgentInfo, Backend, Directory, Mail, Registration } from "./backend.ts";
import { requireRegistrable } from "./local_directory.ts";
import { receive, send } from "./local_mail.ts";
import { observed } from "./observed_mail.ts";
import type { Settings } from "./options.ts";
import { ServerPresence } from "./server_presence.ts";
import { openServerScheduler } from "./server_scheduler.ts";
import { Throughput } from "./throughput.ts";
import { AgentRole } from "./vocabulary.ts";

/** Prepares to talk with the server at `server`; it is dialled when it is first needed. */
export function openServerBackend(server: string, settings: Settings): Backend {
  const presences = new Presences(server, settings);
  const statuses = new AgentStatusServiceClient(server, dialCredentials(), CHANNEL_OPTIONS);
  const list = () => rosterOf(statuses);
  const throughput = new Throughput();
  return {
    throughput,
    mail: observed(mailOf(presences), throughput),
    directory: directoryOf(presences, list),
    ping: async () => void await list(),
    openScheduler: (options) =>
      openServerScheduler(options, async () => {
        const { tasks } = await presences.of(options.supervisorId, AgentRole.SUPERVISOR);
        return tasks;
      }),
    async [Symbol.asyncDispose]() {
      await presences[Symbol.asyncDispose]();
      statuses.close();
    },
  };
}

/** The agents of this process, each with a connection of its own: nobody posts as another. */
class Presences implements AsyncDisposable {
  readonly #open = new Map<string, Promise<ServerPresence>>();

  constructor(private readonly server: string, private readonly settings: Settings) {}

  /** Gives an agent's presence; one that nobody has registered yet is registered, able to do nothing. */
  of(agentId: string, agentRole: string = AgentRole.WORKER): Promise<ServerPresence> {
    return this.#open.get(agentId) ?? this.#opened({ agentId, agentRole, capabilities: [] });
  }

  async register(agent: Registration): Promise<void> {
    await this.remove(agent.agentId);
    await this.#opened(agent);
  }

  find(agentId: string): Promise<ServerPresence> | undefined {
    return this.#open.get(agentId);
  }

  /** Takes an agent off the roster. Tells whether it is one of these. */
  async remove(agentId: string): Promise<boolean> {
    const presence = await this.#open.get(agentId)?.catch(() => undefined);
    this.#open.delete(agentId);
    await presence?.[Symbol.asyncDispose]();
    return presence !== undefined;
  }

  /** Those that are here, as far as they are registered. */
  async all(): Promise<ServerPresence[]> {
    const settled = await Promise.allSettled(this.#open.values());
    return settled.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.keys()].map((agentId) => this.remove(agentId)));
  }

  #opened(agent: Registration): Promise<ServerPresence> {
    requireRegistrable(agent);
    const opening = ServerPresence.open(agent, this.server, this.settings);
    this.#open.set(agent.agentId, opening);
    // The next call tries again.
    opening.catch(() => this.#open.get(agent.agentId) === opening && this.#open.delete(agent.agentId));
    return opening;
  }
}

function mailOf(presences: Presences): Mail {
  return {
    async send(message) {
      const { bus } = await presences.of(message.sender_id);
      await send(bus, BROKER_INPUT_QUEUE, message);
    },
    async receive(agentId, options) {
      const { bus, told } = await presences.of(agentId);
      const here = told.splice(0, options.limit);
      const received = here.map((message) => ({ message, attempt: 1, settle: () => Promise.resolve() }));
      if (received.length > 0) return received;
      return await receive(bus, agentQueue(agentId), options);
    },
    async stats() {
      const all = await presences.all();
      return (await Promise.all(all.map(({ bus }) => bus.stats()))).flat();
    },
  };
}

function directoryOf(presences: Presences, list: () => Promise<AgentInfo[]>): Directory {
  return {
    register: (agent) => presences.register(agent),
    async seen(agentId, sign) {
      const presence = await presences.find(agentId)?.catch(() => undefined);
      // Of agents elsewhere the server knows more than is said here.
      if (!presence) return sign ? (await list()).some((agent) => agent.agentId === agentId) : false;
      if (sign) presence.change(sign);
      return true;
    },
    list,
    // The server keeps its roster in order by itself: only this process's agents are taken off it.
    remove: (agentId) => presences.remove(agentId),
    onChange: () => ({ [Symbol.dispose]: () => {} }),
  };
}

async function rosterOf(statuses: AgentStatusServiceClient): Promise<AgentInfo[]> {
  const { agents } = await unary<AgentStatusResponse>(
    (metadata, options, done) => statuses.getAgentStatus({ brokerId: "" }, metadata, options, done),
    { timeoutMs: 5_000 },
  );
  return agents.filter(({ removed }) => !removed).map(infoOf);
}

function infoOf(agent: WireAgent): AgentInfo {
  const maxConcurrentTasks = agent.maxConcurrentTasks || 1;
  return {
    agentId: agent.agentId,
    agentName: agent.agentName,
    agentRole: agent.agentRole,
    capabilities: agent.capabilities,
    status: agent.isOnline ? toAgentStatus(agent.status, agent.loadFactor) : "offline",
    isOnline: agent.isOnline,
    currentTasks: agent.currentTasks,
    maxConcurrentTasks,
    load: agent.currentTasks / maxConcurrentTasks,
    lastSeen: agent.lastSeen,
  };
}
