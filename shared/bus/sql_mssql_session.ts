/** One connection to SQL Server, which does one thing after the other. */
import { Buffer } from "node:buffer";
import { Connection, type ConnectionConfiguration, Request, TYPES } from "tedious";

/** A statement that takes longer means that the database is not to be reached, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** What a parameter is to SQL Server, which must be told. */
export type SqlType = "int" | "bigint" | "bit" | "nvarchar" | "varchar" | "varbinary";

/** A parameter: its kind, and its value. */
export type Parameter = [type: SqlType, value: number | string | boolean | Uint8Array | null];

/** The values of a row by the names of its columns. */
export type Row = Record<string, unknown>;

/** Runs statements. */
export interface MssqlSession {
  /** Runs a statement after those that were given before; resolves with the rows that it gave. */
  run(text: string, parameters?: Record<string, Parameter>): Promise<Row[]>;
  close(): Promise<void>;
  /** Lets go of the connection at once. */
  break(): void;
}

const KINDS: Record<SqlType, typeof TYPES[keyof typeof TYPES]> = {
  int: TYPES.Int,
  bigint: TYPES.BigInt,
  bit: TYPES.Bit,
  nvarchar: TYPES.NVarChar,
  varchar: TYPES.VarChar,
  varbinary: TYPES.VarBinary,
};

/** Connects. `lost` hears when the connection is gone, once it stands. Throws what the driver does. */
export async function openMssqlSession(
  config: ConnectionConfiguration,
  lost: (error: unknown) => void,
): Promise<MssqlSession> {
  const connection = new Connection(configOf(config));
  await new Promise<void>((resolve, reject) => {
    connection.on("error", reject);
    connection.connect((error) => error ? reject(error) : resolve());
  });
  connection.on("error", lost);
  connection.on("end", () => lost(new Error("the connection was closed")));
  return new TediousSession(connection);
}

function configOf({ options, ...config }: ConnectionConfiguration): ConnectionConfiguration {
  const requestTimeout = Math.min(options?.requestTimeout ?? Infinity, STATEMENT_TIMEOUT_MS);
  return {
    ...config,
    options: { ...options, requestTimeout, useColumnNames: true, rowCollectionOnRequestCompletion: true },
  };
}

class TediousSession implements MssqlSession {
  /** Ends with what was given last; a connection takes one request at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: Connection) {}

  run(text: string, parameters: Record<string, Parameter> = {}): Promise<Row[]> {
    const result = this.#last.then(() => this.#run(text, parameters));
    this.#last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    const ended = new Promise<void>((resolve) => this.connection.once("end", () => resolve()));
    this.connection.close();
    await ended;
  }

  break(): void {
    this.connection.close();
  }

  #run(text: string, parameters: Record<string, Parameter>): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      const request = new Request(text, (error, _, rows) => error ? reject(error) : resolve(rows.map(toRow)));
      for (const [name, [type, value]] of Object.entries(parameters)) {
        request.addParameter(name, KINDS[type], toValue(value));
      }
      this.connection.execSql(request);
    });
  }
}

function toValue(value: Parameter[1]): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function toRow(columns: Record<string, { value: unknown }>): Row {
  return Object.fromEntries(Object.entries(columns).map(([name, { value }]) => [name, value]));
}
