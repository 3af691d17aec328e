/** Something that is read again and again while somebody looks at the page. */

/**
 * Calls `read` every `everyMs` while the page is visible, and at once when it becomes so again; never twice at a time.
 * Gives the function that ends it.
 */
export function poll(everyMs: number, read: (signal: AbortSignal) => Promise<void>): () => void {
  const ended = new AbortController();
  let isReading = false;
  const turn = async () => {
    if (document.hidden || isReading) return;
    isReading = true;
    await read(ended.signal).catch(() => {/* the next turn reads again */});
    isReading = false;
  };
  const timer = setInterval(turn, everyMs);
  document.addEventListener("visibilitychange", turn);
  return () => {
    ended.abort();
    clearInterval(timer);
    document.removeEventListener("visibilitychange", turn);
  };
}
