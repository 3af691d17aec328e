/** Rigs on RabbitMQ: each member has a connection of its own, through a proxy that can be cut. */
import { openAmqpBus } from "../amqp.ts";
import { type BusRig, FAST_RETRIES, type Member } from "../conformance.ts";
import { withRetry } from "../retry.ts";
import { openProxy } from "./proxy.ts";
import type { VirtualHost } from "./rabbitmq.ts";

interface AmqpMember extends Member {
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a rig on a virtual host, which stays open. */
export function openAmqpRig(host: VirtualHost): BusRig {
  const members: AmqpMember[] = [];
  return {
    async member() {
      const member = await openMember(host);
      members.push(member);
      return member;
    },
    async cut() {
      await Promise.all(members.map((one) => one.cut()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((one) => one.close()));
    },
  };
}

async function openMember(host: VirtualHost): Promise<AmqpMember> {
  const proxy = openProxy({ hostname: "localhost", port: 5672 });
  const bus = withRetry(await openAmqpBus(host.url(proxy.port)), FAST_RETRIES);
  return {
    bus,
    cut: () => proxy.cut(),
    kill: () => proxy.cut({ refuse: true }),
    async close() {
      await bus[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
