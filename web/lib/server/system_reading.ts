/** How the system is, read from the server in one go: for the first paint, and for the page to go on. */
import type { Broker, Health, Queue, Reading, Series, Stats } from "../system/figures.ts";
import type { Listed, ServerApi } from "./server_api.ts";

/** Reads everything, of the series what came after `since`; what cannot be had is left out. */
export async function readSystem(api: ServerApi, since?: string): Promise<Reading> {
  const query = since ? `?${new URLSearchParams({ since })}` : "";
  const [stats, series, queues, brokers, health] = await Promise.all([
    api.read<Stats>("api/stats"),
    api.read<Series>(`api/stats/series${query}`),
    api.read<Listed<Queue>>("api/queues"),
    api.read<Listed<Broker>>("api/brokers?limit=100"),
    readHealth(api),
  ]);
  return { now: Date.now(), stats, series, queues: queues?.items, brokers: brokers?.items, health };
}

/** A server that is not ready says so with 503 and the faults. */
async function readHealth(api: ServerApi): Promise<Health | undefined> {
  try {
    const health = await (await api.forward("readyz")).json();
    return typeof health?.faults === "object" ? health : undefined;
  } catch { /* a server that is not there is shown as such */ }
}
