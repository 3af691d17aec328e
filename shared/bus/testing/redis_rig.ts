/** Rigs on Redis: each member has connections of its own, through a proxy that can be cut. */
import { type BusRig, FAST_RETRIES, type Member } from "../conformance.ts";
import { openRedisBus } from "../redis.ts";
import { withRetry } from "../retry.ts";
import { openProxy } from "./proxy.ts";
import { openRedisPlace, type RedisPlace } from "./redis.ts";

/** How long a reader may be silent: short enough to wait for, long enough for a machine that stands still a moment. */
const LEASE_MS = 2_000;

interface RedisMember extends Member {
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a rig on the Redis that is there, with keys of its own. */
export function openRedisRig(): BusRig {
  const place = openRedisPlace();
  const members: RedisMember[] = [];
  return {
    async member() {
      const member = await openMember(place);
      members.push(member);
      return member;
    },
    async cut() {
      await Promise.all(members.map((one) => one.cut()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((one) => one.close()));
      await place[Symbol.asyncDispose]();
    },
  };
}

async function openMember(place: RedisPlace): Promise<RedisMember> {
  const proxy = openProxy({ hostname: "127.0.0.1", port: place.port });
  const bus = withRetry(await openRedisBus(place.url(proxy.port), { leaseMs: LEASE_MS }), FAST_RETRIES);
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
