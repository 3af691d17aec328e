/** Ports for processes that tests start: each is given out once, whatever runs beside. */

/** Below what the system gives out by itself, to listeners without a port and to outgoing connections (Linux: 32768 on). */
const FIRST = 20_000;
const COUNT = 12_000;
const COUNTER = `${Deno.env.get("TMPDIR") || "/tmp"}/parley-test-port`;

/** Finds a port that nobody listens on now, and that no other caller on this machine is given before all others were. */
export function freePort(): string {
  for (;;) {
    const port = next();
    if (isFree(port)) return String(port);
  }
}

function next(): number {
  using file = Deno.openSync(COUNTER, { read: true, write: true, create: true });
  file.lockSync(true);
  const digits = new Uint8Array(8);
  const length = file.readSync(digits) ?? 0;
  const count = Number(new TextDecoder().decode(digits.subarray(0, length))) || 0;
  file.seekSync(0, Deno.SeekMode.Start);
  file.truncateSync();
  file.writeSync(new TextEncoder().encode(String((count + 1) % COUNT)));
  return FIRST + count % COUNT;
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}
