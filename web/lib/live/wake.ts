/** When a connection is worth another try: the network is back, or somebody looks at the page again. */

/** Calls `retry` then, until the function that it gives is called. */
export function onWake(retry: () => void): () => void {
  const seen = () => document.hidden || retry();
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", retry);
    document.removeEventListener("visibilitychange", seen);
  };
}
