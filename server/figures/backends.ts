/** Which backends the server stands on, told without where they are. */

/** Names the backends. */
export const BACKENDS = ["sqlite", "memory", "rabbitmq", "redis", "postgres", "mssql"] as const;
export type Backend = typeof BACKENDS[number];

const BY_SCHEME: readonly (readonly [RegExp, Backend])[] = [
  [/^sqlite:(\/\/)?:memory:$/i, "memory"],
  [/^sqlite:/i, "sqlite"],
  [/^amqps?:/i, "rabbitmq"],
  [/^rediss?:/i, "redis"],
  [/^postgres(ql)?:/i, "postgres"],
];

/** Names the backend that a URL means; a connection string without a scheme is a SQL Server's. */
export function backendOf(url: string): Backend {
  return BY_SCHEME.find(([scheme]) => scheme.test(url))?.[1] ?? "mssql";
}
