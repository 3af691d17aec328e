/** Until when a server was there: written every second, so that the next one knows since when everybody was without it. */
import type { PeerRow } from "../../shared/store/store.ts";
import { type Clock, every } from "./clock.ts";
import type { History } from "./history.ts";
import type { Peer } from "./peer.ts";
import type { RosterWriter } from "./roster_writer.ts";

/** No peer is called so (see `peer.ts`). */
const ID = "server";
const EVERY_MS = 1_000;

/** Finds until when the server before was there, in milliseconds since 1970; 0 when there was none. */
export function lastAliveOf(rows: readonly PeerRow[]): number {
  return Date.parse(rows.find(({ kind }) => kind === "server")?.last_seen ?? "") || 0;
}

/** Notes that this server is there, now and every second. Dispose of the result to end that. */
export function keepAlive(serverId: string, clock: Clock, writer: RosterWriter): Disposable {
  const row = (): PeerRow => ({
    ...EMPTY,
    server_id: serverId,
    last_seen: new Date(clock.now()).toISOString(),
  });
  void writer.save(ID, row);
  return every(clock, EVERY_MS, () => writer.seen(ID, row));
}

/** Notes that whoever was online when the server before ended went offline with it, as far as anybody can know. */
export function noteRestart(
  rows: readonly PeerRow[],
  lastAlive: number,
  { find, history }: { find: (id: string) => Peer | undefined; history: History },
): void {
  for (const { id, kind, last_seen } of rows) {
    const peer = find(id);
    if (!peer || kind === "server") continue;
    peer.lastSeen = Math.max(Date.parse(last_seen) || 0, lastAlive);
    history.noteEvent({ id, kind, isOnline: false, status: "offline" }, "server restarted", peer.lastSeen);
  }
}

const EMPTY: Omit<PeerRow, "server_id" | "last_seen"> = {
  id: ID,
  kind: "server",
  name: "",
  role: "",
  version: "",
  hostname: "",
  platform: "",
  capabilities: [],
  attributes: {},
  max_concurrent_tasks: 1,
  connection_type: "grpc",
  delivery: "queue",
  session_key_hash: "",
  status: "offline",
  is_paused: false,
  registered_at: "",
};
