/** Until when servers were there: each writes it every second, so that the next one knows since when its agents were without it. */
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { HistoryStore, PeerRow, RosterStore } from "../../shared/store/store.ts";
import { type Clock, every } from "./clock.ts";
import type { History } from "./history.ts";
import { NOT_AN_AGENT, type Peer } from "./peer.ts";
import type { RosterWriter } from "./roster_writer.ts";
import type { Servers } from "./servers.ts";

const EVERY_MS = 1_000;
/** A server that has not written for so long is not there. */
export const ALIVE_MS = 5_000;
/** The row of a server that was silent for so long goes, where it may be one that only stood still. */
export const FORGET_MS = 600_000;
/** Later than every time there is. */
const END_OF_TIME = "9999-12-31T23:59:59.999Z";

const log = logOf("server", "roster");

/** From when until when a server was there, in milliseconds since 1970; 0 where that is not known. */
interface Life {
  from: number;
  to: number;
}

const UNKNOWN: Life = { from: 0, to: 0 };

/** The servers that use the same store, by what they wrote. */
export class Lives {
  readonly #lives: ReadonlyMap<string, Life>;

  constructor(rows: readonly PeerRow[]) {
    this.#lives = new Map(
      rows.filter(({ kind }) => kind === "server").map((row) => [row.server_id, lifeOf(row)]),
    );
  }

  /** Gives the life of the server that had somebody last: where that is not known any more, of the last one that is gone. */
  of(serverId: string, others: ReadonlySet<string>): Life {
    const gone = [...this.#lives].filter(([id]) => !others.has(id)).map(([, life]) => life);
    const last = gone.reduce((latest, life) => life.to > latest.to ? life : latest, UNKNOWN);
    return this.#lives.get(serverId) ?? last;
  }

  /** Lists those that are there at `nowMs`. */
  there(nowMs: number): string[] {
    return [...this.#lives].filter(([, { to }]) => nowMs - to < ALIVE_MS).map(([serverId]) => serverId);
  }
}

function lifeOf({ registered_at, last_seen }: PeerRow): Life {
  return { from: Date.parse(registered_at) || 0, to: Date.parse(last_seen) || 0 };
}

/** What a server that starts finds. */
export interface Found {
  rows: readonly PeerRow[];
  history: Pick<HistoryStore, "lastBefore">;
  principal: Principal;
  servers: Pick<Servers, "others" | "isOurs">;
}

/**
 * Finds who went offline with a server that is gone and is this one's to act for, and when, as far as anybody can know: the rows, with the time in
 * `last_seen`. Who had not come back to that server either went with the one before it, as the history has it.
 */
export async function wentOffline({ rows, history, principal, servers }: Found): Promise<PeerRow[]> {
  const lives = new Lives(rows);
  const wereOnline = rows.filter(({ kind, status, server_id }) =>
    kind !== "server" && status !== "offline" && servers.isOurs(server_id)
  );
  const found = await Promise.all(wereOnline.map(async (row) => {
    const { from, to } = lives.of(row.server_id, servers.others);
    const seenAt = Date.parse(row.last_seen) || 0;
    // A row is written up to a second after somebody came or went, the history at once.
    const last = await history.lastBefore(principal, row.id, END_OF_TIME);
    const wasOnline = last?.is_online ?? seenAt >= from;
    return wasOnline ? { ...row, last_seen: new Date(Math.max(seenAt, to)).toISOString() } : undefined;
  }));
  return found.filter((row) => row !== undefined);
}

/** Forgets the servers that are gone, once what they leave is known; one that cannot be forgotten now is so another time. */
export function forgetGone(
  rows: readonly PeerRow[],
  { store, principal, silentSinceMs }: { store: RosterStore; principal: Principal; silentSinceMs: number },
): void {
  for (const row of rows) {
    if (row.kind !== "server" || lifeOf(row).to > silentSinceMs) continue;
    const { id } = row;
    store.remove(principal, id).catch((cause) => log.debug("A server's row stays: {cause}", { cause }));
  }
}

/** Notes that this server is there, now and every second. Dispose of the result to note that it has ended. */
export function keepAlive(serverId: string, clock: Clock, writer: RosterWriter): Disposable {
  const startedAt = new Date(clock.now()).toISOString();
  const row = (): PeerRow => ({
    ...NOT_AN_AGENT,
    id: serverId,
    kind: "server",
    name: "",
    connection_type: "grpc",
    session_key_hash: "",
    status: "offline",
    registered_at: startedAt,
    server_id: serverId,
    last_seen: new Date(clock.now()).toISOString(),
  });
  // Another server may have taken it for gone and removed the row: it is written whole each time.
  const write = () => void writer.save(serverId, row);
  write();
  const writing = every(clock, EVERY_MS, write);
  return {
    [Symbol.dispose]() {
      writing[Symbol.dispose]();
      // The others need not wait for its silence.
      void writer.save(serverId, () => ({ ...row(), is_registered: false }));
    },
  };
}

/** Notes who went offline with a server that is gone. */
export function noteRestart(
  rows: readonly PeerRow[],
  { find, history, writer }: {
    find: (id: string) => Peer | undefined;
    history: History;
    writer: RosterWriter;
  },
): void {
  for (const row of rows) {
    const { id, kind, last_seen } = row;
    const peer = find(id);
    if (!peer || kind === "server") continue;
    peer.lastSeen = Date.parse(last_seen);
    if (kind === "agent") writer.seen(id, () => row);
    history.noteEvent({ id, kind, isOnline: false, status: "offline" }, "server restarted", peer.lastSeen);
  }
}
