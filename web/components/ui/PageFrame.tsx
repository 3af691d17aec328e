/** What a page other than the chat is: its name, how the connection is, what one can do here, and the page itself. */
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Link } from "../../lib/live/session.ts";
import { Banner, LinkState } from "./Banner.tsx";

interface PageFrameProps {
  title: ComponentChildren;
  link: ReadonlySignal<Link>;
  onRetry: () => void;
  /** Buttons that stand beside the name. */
  actions?: ComponentChildren;
  /** Whether the island is at work in a browser: tests and style sheets go by it. */
  live: boolean;
  children: ComponentChildren;
}

export function PageFrame({ title, link, onRetry, actions, live, children }: PageFrameProps) {
  return (
    <div class="page" data-live={live ? "yes" : undefined}>
      <header class="bar">
        <h1>{title}</h1>
        {actions}
        <LinkState link={link} />
      </header>
      <Banner link={link} onRetry={onRetry} />
      <main id="main" class="page-main" tabIndex={-1}>
        <div class="page-column">{children}</div>
      </main>
    </div>
  );
}
