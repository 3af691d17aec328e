/** The bus as an agent uses it: the hub's stream, or a backend of its own with retrying around it. */
import type { MessageBus } from "../shared/bus/bus.ts";
import { openBus } from "../shared/bus/open.ts";
import type { SharedChannel } from "../shared/grpc/channel.ts";
import { withRetry } from "../shared/bus/retry.ts";
import type { Identity } from "./registration.ts";

export interface AgentBusOptions {
  /** `host:port` of the server's gRPC, which `hub` dials. */
  server: string;
  identity: () => Identity;
  /** The agent's connection to the server, which `hub` shares: one is kept alive, and not two. */
  channel: SharedChannel;
  /** Further deliveries of a request whose handling never ended, where this process has a backend of its own. */
  maxRetries: number;
}

/** Opens the bus that `url` names. Throws `ConfigError` when it names none that there is. */
export async function openAgentBus(url: string, options: AgentBusOptions): Promise<MessageBus> {
  const { server: address, identity, channel, maxRetries } = options;
  return withRetry(await openBus(url, { hub: { address, identity, channel } }), {
    maxAttempts: maxRetries + 1,
  });
}
