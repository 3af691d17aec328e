/** From what people write about a SQL Server to what its driver, tedious, takes: one way for the store and the bus. */
import type { ConnectionConfiguration } from "tedious";
import { ConfigError } from "../config_error.ts";
import { authenticationOf } from "./authentication.ts";
import { type MssqlSettings, mssqlSettingsOf } from "./settings.ts";

const CONNECT_S = 15;
const REQUEST_S = 30;

/**
 * Gives tedious' configuration for `text`: `mssql://USER:PASSWORD@HOST:PORT/DATABASE?encrypt=…`, or a connection string
 * as ODBC and ADO.NET have it. It is encrypted and the certificate checked unless said otherwise; connecting takes 15 s
 * at most and a request 30 s unless said otherwise. Throws `ConfigError` that says what to do and shows no secret.
 *
 * @example
 * tediousConfigOf("Server=tcp:parley.database.windows.net,1433;Database=parley;Authentication=ActiveDirectoryDefault");
 */
export function tediousConfigOf(text: string): ConnectionConfiguration {
  const settings = mssqlSettingsOf(text);
  return {
    server: settings.server,
    authentication: authenticationOf(settings),
    options: {
      ...placeIn(settings),
      encrypt: encryptOf(settings.encrypt),
      trustServerCertificate: truthOf(settings, "trustServerCertificate", false),
      multiSubnetFailover: truthOf(settings, "multiSubnetFailover", false),
      connectTimeout: millisecondsOf(settings, "connectTimeout", CONNECT_S),
      requestTimeout: millisecondsOf(settings, "requestTimeout", REQUEST_S),
      appName: settings.applicationName ?? "Parley",
    },
  };
}

/** What is not said is left out: tedious takes `undefined` for a value in some of them. */
function placeIn({ port, instance, database, hostNameInCertificate }: MssqlSettings) {
  if (hostNameInCertificate?.includes("*")) {
    throw new ConfigError("HostNameInCertificate: allowed is the name of one host, without a *.");
  }
  return {
    ...(instance === undefined ? { port: Number(port ?? 1433) } : { instanceName: instance }),
    ...(database === undefined ? {} : { database }),
    ...(hostNameInCertificate === undefined ? {} : { serverName: hostNameInCertificate }),
  };
}

const YES = /^(yes|true|1)$/i;
const NO = /^(no|false|0)$/i;

function encryptOf(text = "yes"): boolean | "strict" {
  if (YES.test(text) || /^mandatory$/i.test(text)) return true;
  if (NO.test(text) || /^optional$/i.test(text)) return false;
  if (/^strict$/i.test(text)) return "strict";
  throw new ConfigError("Encrypt: allowed is one of yes, no, strict.");
}

function truthOf(
  settings: MssqlSettings,
  keyword: "trustServerCertificate" | "multiSubnetFailover",
  fallback: boolean,
): boolean {
  const text = settings[keyword];
  if (text === undefined) return fallback;
  if (YES.test(text) || NO.test(text)) return YES.test(text);
  throw new ConfigError(`${keyword}: allowed is yes or no.`);
}

function millisecondsOf(
  settings: MssqlSettings,
  keyword: "connectTimeout" | "requestTimeout",
  fallback: number,
): number {
  const text = settings[keyword] ?? String(fallback);
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 600) return seconds * 1000;
  throw new ConfigError(`${keyword}: allowed are 1 to 600 whole seconds, so that nothing waits for ever.`);
}
