/** Says how the connection is: quietly while it is well, plainly when it is not. */
import type { ReadonlySignal } from "@preact/signals";
import type { Link } from "../../lib/live/session.ts";
import { fill } from "../../lib/texts/fill.ts";
import { Alert } from "./icons.tsx";
import { useClock, useTexts } from "./Page.tsx";

interface BannerProps {
  link: ReadonlySignal<Link>;
  /** Tries to connect now rather than when the pause is over. */
  onRetry: () => void;
}

/** The banner. A screen reader is told once that the connection is gone, not every second. */
export function Banner({ link: { value: link }, onRetry }: BannerProps) {
  const t = useTexts("common");
  const isAway = link.state === "waiting";
  return (
    <>
      <p class="hidden" role="status">{isAway ? t.disconnected : ""}</p>
      {isAway && (
        <div class="banner">
          <Alert />
          <Countdown untilMs={link.retryAtMs} />
          <button type="button" class="button" onClick={onRetry}>{t.tryNow}</button>
        </div>
      )}
      {link.state === "refused" && (
        <div class="banner" role="alert">
          <Alert />
          <p>{t.refused}</p>
          <button type="button" class="button" onClick={() => location.reload()}>{t.reload}</button>
        </div>
      )}
    </>
  );
}

function Countdown({ untilMs }: { untilMs: number }) {
  const t = useTexts("common");
  const leftMs = untilMs - useClock().now.value;
  return <p aria-hidden="true">{fill(t.tryingIn, { seconds: Math.max(1, Math.ceil(leftMs / 1_000)) })}</p>;
}

/** A small sign in the header. */
export function LinkState({ link }: { link: ReadonlySignal<Link> }) {
  const t = useTexts("common");
  const { state } = link.value;
  const text = state === "open" ? t.connected : state === "connecting" ? t.connecting : t.disconnected;
  return (
    <p class={`link link-${state}`}>
      <span>{text}</span>
    </p>
  );
}
