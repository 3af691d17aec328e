/** The people and things that the store's conformance cases are about. */
import assert from "node:assert/strict";
import { type ErrorCode, ParleyError } from "../../error.ts";
import { newId } from "../../model/id.ts";
import type { Principal } from "../../model/principal.ts";
import type { PeerRow, SessionRow, StoredMessage } from "../store.ts";

export const server: Principal = { kind: "server", id: "server_1", tenantId: "default" };
export const ada: Principal = { kind: "person", id: "web_ada", tenantId: "default" };
export const bob: Principal = { kind: "person", id: "web_bob", tenantId: "default" };
export const guide: Principal = { kind: "agent", id: "agent_guide", tenantId: "default" };
export const otherTenant: Principal = { kind: "server", id: "server_1", tenantId: "other" };

/** Earlier and later than anything that happens in a test. */
export const PAST = "2000-01-01T00:00:00.000Z";
export const FUTURE = "2999-01-01T00:00:00.000Z";

/** Makes a `TEXT` from Ada in a conversation of its own, but for what `fields` say. */
export function text(fields: Partial<StoredMessage["message"]> = {}): StoredMessage["message"] {
  return {
    message_id: newId("msg"),
    conversation_id: newId("conv"),
    message_type: "TEXT",
    sender_id: ada.id,
    text_payload: "How do I add an agent?",
    ...fields,
  };
}

export function session(fields: Partial<SessionRow> = {}): SessionRow {
  return {
    frontend_id: newId("web"),
    frontend_name: "Ada",
    token_hash: crypto.randomUUID(),
    created_at: "2026-01-01T00:00:00.000Z",
    last_seen: "2026-01-01T00:00:00.000Z",
    reserved_seq: 0,
    server_id: "server_1",
    ...fields,
  };
}

export function peer(fields: Partial<PeerRow> = {}): PeerRow {
  return {
    id: newId("agent"),
    kind: "agent",
    name: "Guide",
    role: "worker",
    version: "1.0.0",
    hostname: "localhost",
    platform: "linux",
    capabilities: ["chat"],
    attributes: { language: "en" },
    max_concurrent_tasks: 4,
    connection_type: "grpc",
    delivery: "queue",
    session_key_hash: "hash",
    status: "idle",
    is_paused: false,
    registered_at: "2026-01-01T00:00:00.000Z",
    last_seen: "2026-01-01T00:00:00.000Z",
    server_id: "server_1",
    ...fields,
  };
}

/** Asserts that `promise` rejects with this code. */
export async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof ParleyError, `expected a ParleyError, got ${error}`);
    assert.equal(error.code, code);
    return true;
  });
}
