/** The part of the store that keeps the sessions of frontends, and the frames for one that comes back. */
import type { Principal } from "../model/principal.ts";

/** A frontend's session, which outlives its connections. */
export interface SessionRow {
  frontend_id: string;
  frontend_name: string;
  token_hash: string;
  created_at: string;
  last_seen: string;
  /** Frame numbers up to this one may have been used; a server that starts goes on after it. */
  reserved_seq: number;
  /** The server that numbers its frames, or did last. */
  server_id: string | null;
}

/** A frame kept for a frontend that comes back. */
export interface FrameRow {
  seq: number;
  body: string;
  at: string;
}

export interface SessionStore {
  /** Throws `conflict` when the tenant has a session of that id, or anybody one of that token. */
  create(principal: Principal, session: SessionRow): Promise<void>;
  /** Finds the session that a token opens, in whichever tenant it is. */
  byToken(tokenHash: string): Promise<(SessionRow & { tenant_id: string }) | undefined>;
  byId(principal: Principal, frontendId: string): Promise<SessionRow | undefined>;
  /**
   * Changes what is given; `reserved_seq` only rises, and survives a loss of power. `last_seq`: the number used last,
   * which gives back what was reserved beyond it; for whoever ends in good order. An unknown id changes nothing.
   */
  touch(
    principal: Principal,
    frontendId: string,
    change: { last_seen?: string; reserved_seq?: number; last_seq?: number },
  ): Promise<void>;
  /**
   * Gives a session to the server `to` to number its frames, if it is still `from`'s. Resolves to whether it was.
   * Survives a loss of power once it resolves.
   */
  give(
    principal: Principal,
    frontendId: string,
    servers: { from: string | null; to: string },
  ): Promise<boolean>;
  /**
   * Keeps frames, all or none; their numbers rise, from above those kept before, and their bodies are JSON without
   * line breaks. Survives the end of the process; a loss of power may take the last ones.
   */
  addFrames(principal: Principal, frontendId: string, frames: FrameRow[]): Promise<void>;
  /** Frames after `seq`, rising, at most `limit`. */
  framesAfter(principal: Principal, frontendId: string, seq: number, limit: number): Promise<FrameRow[]>;
  /**
   * Drops frames older than `before`, and those numbered `keep` or more below their session's newest, except that what
   * was added together may stay as long as its last frame; and sessions not seen since `before` that have none.
   */
  prune(principal: Principal, before: string, keep: number): Promise<void>;
}
