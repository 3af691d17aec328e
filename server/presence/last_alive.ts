/** Until when a server was there: written every second, so that the next one knows since when everybody was without it. */
import type { Principal } from "../../shared/model/principal.ts";
import type { HistoryStore, PeerRow } from "../../shared/store/store.ts";
import { type Clock, every } from "./clock.ts";
import type { History } from "./history.ts";
import { NOT_AN_AGENT, type Peer } from "./peer.ts";
import type { RosterWriter } from "./roster_writer.ts";

/** No peer is called so (see `peer.ts`). */
const ID = "server";
const EVERY_MS = 1_000;
/** Later than every time there is. */
const END_OF_TIME = "9999-12-31T23:59:59.999Z";

/** From when until when a server was there, in milliseconds since 1970; 0 where that is not known. */
interface Life {
  from: number;
  to: number;
}

function lastLifeOf(rows: readonly PeerRow[]): Life {
  const row = rows.find(({ kind }) => kind === "server");
  return { from: Date.parse(row?.registered_at ?? "") || 0, to: Date.parse(row?.last_seen ?? "") || 0 };
}

/**
 * Finds who went offline with the server before, and when, as far as anybody can know: the rows, with the time in
 * `last_seen`. Who had not come back to that server either went with the one before it, as the history has it.
 */
export async function wentOffline(
  rows: readonly PeerRow[],
  history: Pick<HistoryStore, "lastBefore">,
  principal: Principal,
): Promise<PeerRow[]> {
  const { from, to } = lastLifeOf(rows);
  const wereOnline = rows.filter(({ kind, status }) => kind !== "server" && status !== "offline");
  const found = await Promise.all(wereOnline.map(async (row) => {
    const seenAt = Date.parse(row.last_seen) || 0;
    // A row is written up to a second after somebody came or went, the history at once.
    const last = await history.lastBefore(principal, row.id, END_OF_TIME);
    const wasOnline = last?.is_online ?? seenAt >= from;
    return wasOnline ? { ...row, last_seen: new Date(Math.max(seenAt, to)).toISOString() } : undefined;
  }));
  return found.filter((row) => row !== undefined);
}

/** Notes that this server is there, now and every second. Dispose of the result to end that. */
export function keepAlive(serverId: string, clock: Clock, writer: RosterWriter): Disposable {
  const startedAt = new Date(clock.now()).toISOString();
  const row = (): PeerRow => ({
    ...NOT_AN_AGENT,
    id: ID,
    kind: "server",
    name: "",
    connection_type: "grpc",
    session_key_hash: "",
    status: "offline",
    registered_at: startedAt,
    server_id: serverId,
    last_seen: new Date(clock.now()).toISOString(),
  });
  void writer.save(ID, row);
  return every(clock, EVERY_MS, () => writer.seen(ID, row));
}

/** Notes who went offline with the server before. */
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
