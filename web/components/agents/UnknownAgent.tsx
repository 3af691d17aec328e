/** Says that there is no such agent, and where those are that there are. */
import { fill } from "../../lib/texts/fill.ts";
import type { Texts } from "../../lib/texts/texts.ts";
import { Mark } from "../ui/icons.tsx";

export function UnknownAgent({ id, t }: { id: string; t: Texts["agents"] }) {
  return (
    <main id="main" class="error-page" tabIndex={-1}>
      <Mark />
      <h1>{t.unknown}</h1>
      <p>{fill(t.unknownText, { id })}</p>
      <a class="button primary" href="/agents">{t.toAgents}</a>
    </main>
  );
}
