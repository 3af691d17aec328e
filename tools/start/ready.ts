/** Finds out when the whole system can be used: by asking it, as a person's browser would. */

export interface Expected {
  serverUrl: string;
  webUrl: string;
  agents: number;
}

const INTERVAL_MS = 50;
/** What is missing is said this often, in milliseconds. */
const SAY_EVERY_MS = 30_000;

/** Resolves once the server is ready, a broker and the agents are there, and the dashboard answers. */
export async function untilReady(expected: Expected, sayMissing: (missing: string) => void): Promise<void> {
  let saidAt = performance.now();
  for (let missing = await missingOf(expected); missing; missing = await missingOf(expected)) {
    if (performance.now() - saidAt >= SAY_EVERY_MS) {
      sayMissing(missing);
      saidAt = performance.now();
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/** Names the first thing that is not there, or undefined when everything is. */
async function missingOf({ serverUrl, webUrl, agents }: Expected): Promise<string | undefined> {
  if (!await answers(`${serverUrl}/readyz`)) return `the server is not ready; see ${serverUrl}/readyz`;
  if (await online(`${serverUrl}/api/brokers`) < 1) return "no broker has registered";
  const present = await online(`${serverUrl}/api/agents?online=true`);
  if (present < agents) return `${present} of ${agents} agents are online`;
  if (!await answers(`${webUrl}/healthz`)) return `the dashboard does not answer on ${webUrl}`;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function online(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const { items } = await response.json() as { items: { is_online: boolean }[] };
    return items.filter((item) => item.is_online).length;
  } catch {
    return 0;
  }
}
