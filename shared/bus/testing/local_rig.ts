/** Rigs of a bus that lives in this process: its members share it, and a member dies by its signal. */
import type { Handler, MessageBus } from "../bus.ts";
import type { BusRig, Member } from "../conformance.ts";

/** Makes a rig whose members share one bus; a member that joins after it was closed opens it again. */
export function localRig(open: () => Promise<MessageBus>): BusRig {
  let current: MessageBus | undefined;
  const forget = async () => {
    const closing = current;
    current = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    member: async () => memberOf(current ??= await open(), forget),
    [Symbol.asyncDispose]: forget,
  };
}

function memberOf(bus: MessageBus, forget: () => Promise<void>): Member {
  const killed = new AbortController();
  const consume: MessageBus["consume"] = (queue: string, handler: Handler, options) => {
    const signal = options?.signal ? AbortSignal.any([options.signal, killed.signal]) : killed.signal;
    return bus.consume(queue, handler, { ...options, signal });
  };
  return {
    bus: { ...bus, consume, [Symbol.asyncDispose]: forget },
    kill: () => Promise.resolve(killed.abort()),
  };
}
