/** Rigs on PostgreSQL: each member has connections of its own, through a proxy that can be cut. */
import { type BusRig, FAST_RETRIES, type Member } from "../conformance.ts";
import { withRetry } from "../retry.ts";
import { openPostgresBus } from "../sql_postgres.ts";
import { postgresAddress, type TestDatabase } from "./postgres.ts";
import { openProxy } from "./proxy.ts";

interface PostgresMember extends Member {
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a rig on a database, which stays open. */
export function openPostgresRig(database: TestDatabase): BusRig {
  const members: PostgresMember[] = [];
  return {
    async member() {
      const member = await openMember(database);
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

async function openMember(database: TestDatabase): Promise<PostgresMember> {
  const proxy = openProxy(postgresAddress());
  const bus = withRetry(await openPostgresBus(database.url(proxy.port), { leaseMs: 6_000 }), FAST_RETRIES);
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
