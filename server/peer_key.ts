/** Session keys: what a peer shows to be the one that registered; only their hashes are kept. */
import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const KEY_BYTES = 32;

/** Makes a new session key: 256 random bits in 43 characters of `[A-Za-z0-9_-]`. */
export function newPeerKey(): string {
  return randomBytes(KEY_BYTES).toString("base64url");
}

/** Hashes a key for keeping. A random key needs neither salt nor a slow hash. */
export function hashPeerKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Tells whether `key` is the one that was kept as `hash`, in a time that does not depend on where they differ. */
export function isPeerKey(key: string | undefined, hash: string): boolean {
  if (!key || !hash) return false;
  const shown = Buffer.from(hashPeerKey(key));
  const kept = Buffer.from(hash);
  return shown.length === kept.length && timingSafeEqual(shown, kept);
}
