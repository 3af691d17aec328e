/** The bus in SQL Server: claims read past what others are changing, and whoever waits looks again and again. */
import type { ConnectionConfiguration } from "tedious";
import { tediousConfigOf } from "../mssql/connection.ts";
import type { MessageBus } from "./bus.ts";
import { type SqlBusOptions, sqlBusOver } from "./sql.ts";
import { judge, reasonOf } from "./sql_mssql_fault.ts";
import { type MssqlSession, openMssqlSession } from "./sql_mssql_session.ts";
import { MssqlWire } from "./sql_mssql_wire.ts";
import type { DialOptions, SqlDialect } from "./sql_wire.ts";

/** Nothing wakes readers, so they look: often while something goes on. */
const POLL = { firstMs: 20, longestMs: 500 };
/** A statement has 2,100 parameters at most, and a message eight. */
const MOST_ROWS = 200;

/**
 * Opens the bus in the SQL Server, 2016 or later, that `url` names in one of the forms of `tediousConfigOf`. Resolves at
 * once; what is missing of the tables `parley_bus_…` is made with the first connection. Throws `ConfigError` when `url`
 * is none.
 */
export function openMssqlBus(url: string, options: SqlBusOptions = {}): Promise<MessageBus> {
  return Promise.resolve(sqlBusOver(mssqlDialect(tediousConfigOf(url)), options));
}

function mssqlDialect(config: ConnectionConfiguration): SqlDialect {
  const { port, instanceName } = config.options ?? {};
  return {
    name: "SQL Server",
    target: `${config.server}${instanceName ? `\\${instanceName}` : `:${port ?? 1433}`}`,
    poll: POLL,
    mostRows: MOST_ROWS,
    dial: (options) => dial(config, options),
    judge,
    reasonOf,
  };
}

async function dial(config: ConnectionConfiguration, { listener, leaseMs, previous }: DialOptions) {
  const opened: MssqlSession[] = [];
  let wire: MssqlWire | undefined;
  const open = async () => {
    const session = await openMssqlSession(config, (error) => wire?.lost(error));
    opened.push(session);
    return session;
  };
  try {
    const [line, work, store] = [await open(), await open(), await open()];
    wire = new MssqlWire({ line, work, store }, listener, leaseMs);
    const lease = await wire.begin(previous);
    return { wire, lease };
  } catch (error) {
    for (const session of opened) session.break();
    throw error;
  }
}
