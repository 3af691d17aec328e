/** One connection for all objects of a process that mean the same: a queue in memory, or a file, has one owner. */
import type { Backend } from "./backend.ts";
import { type CoordinationOptions, type Settings, settingsOf } from "./options.ts";

/** What the objects of coordination hold, each for itself; disposing of the last one closes it. */
export interface Hold extends AsyncDisposable {
  readonly backend: Backend;
  readonly settings: Settings;
}

interface Held {
  opened: Promise<Backend>;
  holders: number;
  closing?: Promise<void>;
}

/**
 * The documents construct a registry and a queue apart and have them meet: so what a URL means is held here once for
 * the process, against the rule that there are no globals.
 */
const HELD = new Map<string, Held>();

/** Takes hold of what `options` mean, opening it when nobody has. Throws what opening it throws. */
export async function holdBackend(options: CoordinationOptions): Promise<Hold> {
  const settings = settingsOf(options);
  const key = JSON.stringify([settings.busUrl, settings.storeUrl, settings.server]);
  // What is being closed holds its file until it is.
  while (HELD.get(key)?.closing) await HELD.get(key)?.closing?.catch(() => {});
  const held = HELD.get(key) ?? { opened: open(settings), holders: 0 };
  HELD.set(key, held);
  held.holders++;
  try {
    const backend = await held.opened;
    let letGo: Promise<void> | undefined;
    return {
      backend,
      settings,
      [Symbol.asyncDispose]: () => letGo ??= release(key, held),
    };
  } catch (thrown) {
    if (HELD.get(key) === held) HELD.delete(key);
    throw thrown;
  }
}

/** Each is loaded only when it is meant. */
async function open(settings: Settings): Promise<Backend> {
  const { server } = settings;
  if (server === undefined) return await (await import("./local_backend.ts")).openLocalBackend(settings);
  return (await import("./server_backend.ts")).openServerBackend(server, settings);
}

async function release(key: string, held: Held): Promise<void> {
  if (--held.holders > 0) return;
  held.closing = held.opened.then((backend) => backend[Symbol.asyncDispose]());
  try {
    await held.closing;
  } finally {
    if (HELD.get(key) === held) HELD.delete(key);
  }
}
