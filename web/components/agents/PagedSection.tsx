/** A list of an agent's: what is new when asked for, the list itself, and more of it when asked for. */
import type { ComponentChildren } from "preact";
import type { PagedList } from "../../lib/agents/paged_list.ts";
import { counted } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

interface PagedSectionProps<Item> {
  id: string;
  title: string;
  list: PagedList<Item>;
  /** What is said where there is nothing. */
  empty: ComponentChildren;
  children: (items: readonly Item[]) => ComponentChildren;
}

export function PagedSection<Item>({ id, title, list, empty, children }: PagedSectionProps<Item>) {
  const [t, common, language] = [useTexts("agents"), useTexts("common"), useLanguage()];
  const action = useAction();
  const [items, news] = [list.items.value, list.news.value.length];
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        <div role="status">
          {news > 0 && (
            <button type="button" class="button news" onClick={() => list.showNews()}>
              {counted(t.news, news, language)}
            </button>
          )}
        </div>
      </div>
      {!items ? <p class="quiet">{t.notAvailable}</p> : items.length > 0 ? children(items) : empty}
      {list.cursor.value && (
        <button
          type="button"
          class="button more"
          disabled={action.isBusy}
          onClick={() => action.run(() => list.readMore())}
        >
          {action.isBusy ? common.loading : common.more}
        </button>
      )}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
    </section>
  );
}
