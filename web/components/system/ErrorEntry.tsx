/** One thing that went wrong: what happened, when, and where to look further. */
import { linksOf, type RecentError } from "../../lib/system/errors.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";

export function ErrorEntry({ error }: { error: RecentError }) {
  const t = useTexts("system");
  const { what, text, code, at } = error;
  const { thing, conversation, agent } = linksOf(error);
  const kind = t.what[what as keyof typeof t.what] ?? oneLine(what);
  return (
    <li class="entry" data-error={what}>
      <div class="entry-text">
        <p class="entry-reason">
          <span class={`kind kind-${what}`}>{kind}</span> <span dir="auto">{inert(text)}</span>
        </p>
        <p class="quiet entry-facts">
          {code && <code>{code}</code>}
          <Ago iso={at} />
          {thing && <a href={thing}>{what === "task" ? t.task : t.letter}</a>}
          {conversation && <a href={conversation}>{t.conversation}</a>}
          {agent && <a href={agent}>{`${t.agent} ${oneLine(error.agent_id!)}`}</a>}
        </p>
      </div>
    </li>
  );
}
