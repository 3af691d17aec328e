/** A stream of server-sent events that comes back by itself, and rests while nobody looks at the page. */
import { pauseMs } from "./reconnect.ts";

export interface EventFeedOptions {
  url: string;
  onEvent(data: unknown): void;
  /** The stream is open, for the first time or again: what was missed has to be read. */
  onOpen(): void;
  /** The stream is gone, and is tried again. */
  onLost?(): void;
}

/**
 * Opens the stream. Browsers give an origin six connections for all its tabs together, so that a hidden tab gives its
 * own up. Gives the function that ends it.
 */
export function openEvents({ url, onEvent, onOpen, onLost }: EventFeedOptions): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const opened = source = new EventSource(url);
    opened.onopen = () => {
      attempt = 0;
      onOpen();
    };
    opened.onmessage = ({ data }) => onEvent(JSON.parse(data));
    // The browser's own way of coming back gives up for good at the first answer that is not 200.
    opened.onerror = () => {
      close();
      onLost?.();
      timer = setTimeout(open, pauseMs(attempt++, Math.random()));
    };
  };
  document.addEventListener("visibilitychange", open);
  open();
  return () => {
    document.removeEventListener("visibilitychange", open);
    close();
  };
}
