/** Connections to SQL Server as Kysely takes them, with what the driver does otherwise than the store expects. */
import { MssqlDialect, type Tedious } from "kysely";
import * as tarn from "tarn";
import * as tedious from "tedious";

const MOST = 10;
const IDLE_MS = 30_000;
/** How much longer a connection is waited for than the driver waits for the server. */
const GRACE_MS = 1_000;
const CONNECT_MS = 15_000;

/** Reaches the database of `config` by up to ten connections, made when needed and made anew when they are lost. */
export function mssqlDialectOf(given: tedious.ConnectionConfiguration): MssqlDialect {
  // Tried again by itself, a connection would outlast the wait for it, and the reason would be lost.
  const config = { ...given, options: { ...given.options, maxRetriesOnTransientErrors: 0 } };
  const acquireTimeoutMillis = (config.options?.connectTimeout ?? CONNECT_MS) + GRACE_MS;
  return new MssqlDialect({
    tarn: {
      Pool: tarn.Pool,
      options: {
        min: 0,
        max: MOST,
        acquireTimeoutMillis,
        idleTimeoutMillis: IDLE_MS,
        // Otherwise a closed port is tried again until the time is up.
        propagateCreateError: true,
      },
    },
    tedious: {
      ISOLATION_LEVEL: tedious.ISOLATION_LEVEL,
      Request: NumberRequest as unknown as Tedious["Request"],
      TYPES: tedious.TYPES,
      connectionFactory: () =>
        new StoreConnection(config) as unknown as ReturnType<Tedious["connectionFactory"]> as never,
    },
  });
}

/** Undoing what SQL Server has undone already, as it does for the victim of a deadlock, fails: the first error counts. */
class StoreConnection extends tedious.Connection {
  override rollbackTransaction(callback: (error?: Error | null) => void, name?: string): void {
    super.rollbackTransaction((error?: Error | null) => {
      if (error && !isUndone(error)) this.close();
      callback();
    }, name);
  }
}

const NO_TRANSACTION = 3903;

function isUndone(error: Error): boolean {
  return "number" in error && error.number === NO_TRANSACTION;
}

/** A column of a row, as far as it matters here. */
interface Column {
  value: unknown;
  metadata: { type: { name: string } };
}

/** Gives whole numbers of 64 bits as numbers: positions and counts, none of which comes near the largest that is exact. */
export class NumberRequest extends tedious.Request {
  override emit(event: string, ...given: unknown[]): boolean {
    if (event === "row") { for (const column of given[0] as Column[]) column.value = exact(column); }
    return super.emit(event as "row", ...given as [unknown]);
  }
}

function exact({ value, metadata }: Column): unknown {
  const isWhole = metadata.type.name === "BigInt" || metadata.type.name === "IntN";
  return isWhole && value !== null ? Number(value) : value;
}
