/** Says how the connection is: quietly while it is well, plainly when it is not. */
import type { Desk } from "../lib/desk.ts";
import { texts } from "../lib/texts.ts";
import { Alert } from "./icons.tsx";

/** The banner. A screen reader is told once that the connection is gone, not every second. */
export function Banner({ desk }: { desk: Desk }) {
  const link = desk.link.value;
  const isAway = link.state === "waiting";
  return (
    <>
      <p class="hidden" role="status">{isAway ? texts.disconnected : ""}</p>
      {isAway && (
        <div class="banner">
          <Alert />
          <p aria-hidden="true">{away(link.retryAtMs - desk.now.value)}</p>
          <button type="button" class="button" onClick={() => desk.retry()}>{texts.tryNow}</button>
        </div>
      )}
      {link.state === "refused" && (
        <div class="banner" role="alert">
          <Alert />
          <p>{texts.refused}</p>
          <button type="button" class="button" onClick={() => location.reload()}>{texts.reload}</button>
        </div>
      )}
    </>
  );
}

function away(leftMs: number): string {
  return texts.tryingIn(Math.max(1, Math.ceil(leftMs / 1_000)));
}

/** A small sign in the header. */
export function LinkState({ desk }: { desk: Desk }) {
  const { state } = desk.link.value;
  const text = state === "open"
    ? texts.connected
    : state === "connecting"
    ? texts.connecting
    : texts.disconnected;
  return (
    <p class={`link link-${state}`}>
      <span>{text}</span>
    </p>
  );
}
