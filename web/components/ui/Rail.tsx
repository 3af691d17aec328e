/** The way to the other pages, to the palette that reaches everything, and to the other languages. */
import type { OtherLanguage } from "../../lib/palette/entries.ts";
import type { ModKey } from "../../lib/palette/shortcuts.ts";
import type { Texts } from "../../lib/texts/texts.ts";
import { modName } from "../palette/Keys.tsx";
import { Agents, Chat, Mark, Search, System, Tasks } from "./icons.tsx";

const PAGES = [
  { name: "chat", href: "/", pattern: /^\/($|c\/)/, icon: Chat },
  { name: "agents", href: "/agents", pattern: /^\/agents/, icon: Agents },
  { name: "tasks", href: "/tasks", pattern: /^\/tasks/, icon: Tasks },
  { name: "system", href: "/system", pattern: /^\/system/, icon: System },
] as const;

interface RailProps {
  t: Texts["frame"];
  url: URL;
  mod: ModKey;
  languages: readonly OtherLanguage[];
}

export function Rail({ t, url, mod, languages }: RailProps) {
  return (
    <nav class="rail" aria-label={t.navigation}>
      <a class="brand" href="/" aria-label="Parley" tabIndex={-1} aria-hidden="true">
        <Mark />
      </a>
      <ul>
        {PAGES.map(({ name, href, pattern, icon: Icon }) => (
          <li key={name}>
            <a href={href} aria-current={pattern.test(url.pathname) ? "page" : undefined}>
              <Icon />
              <span>{t[name]}</span>
            </a>
          </li>
        ))}
        <li>
          <button
            type="button"
            data-opens="palette"
            aria-keyshortcuts={mod === "metaKey" ? "Meta+K" : "Control+K"}
          >
            <Search />
            <span>{t.search}</span>
            <kbd aria-hidden="true">{modName(mod, t)} K</kbd>
          </button>
        </li>
      </ul>
      <div class="rail-foot">
        {languages.length > 0 && <LanguageForm t={t} url={url} languages={languages} />}
        <button
          type="button"
          class="icon-button"
          data-opens="shortcuts"
          aria-keyshortcuts="?"
          aria-label={t.shortcuts}
          title={t.shortcuts}
        >
          ?
        </button>
      </div>
    </nav>
  );
}

function LanguageForm({ t, url, languages }: Omit<RailProps, "mod">) {
  return (
    <form class="languages" method="post" action="/language" aria-label={t.language}>
      <input type="hidden" name="back" value={url.pathname + url.search} />
      {languages.map(({ language, name }) => (
        <button key={language} type="submit" name="language" value={language} lang={language}>{name}</button>
      ))}
    </form>
  );
}
