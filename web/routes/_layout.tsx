/** What every page stands in: the way to the other pages, and to what is on this one. */
import { Agents, Chat, Mark, System, Tasks } from "../components/ui/icons.tsx";
import { define } from "../define.ts";
import { textsOf } from "../lib/texts/languages.ts";

const PAGES = [
  { name: "chat", href: "/", pattern: /^\/($|c\/)/, icon: Chat },
  { name: "agents", href: "/agents", pattern: /^\/agents/, icon: Agents },
  { name: "tasks", href: "/tasks", pattern: /^\/tasks/, icon: Tasks },
  { name: "system", href: "/system", pattern: /^\/system/, icon: System },
] as const;

export default define.layout(function Layout({ Component, state, url }) {
  const t = textsOf(state.language).frame;
  return (
    <div class="frame">
      <a class="skip" href="#main">{t.skip}</a>
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
        </ul>
      </nav>
      <Component />
    </div>
  );
});
