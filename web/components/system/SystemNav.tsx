/** The views of the system, each with an address of its own. */
import { useTexts } from "../ui/Page.tsx";

const VIEWS = [
  { name: "overview", href: "/system" },
  { name: "deadLetters", href: "/system/dead-letters" },
  { name: "errors", href: "/system/errors" },
] as const;

export type View = typeof VIEWS[number]["name"];

/** `here`: the view that is open; `within`: what is shown is a part of it. */
export function SystemNav({ here, within }: { here: View; within?: boolean }) {
  const t = useTexts("system");
  return (
    <nav class="views" aria-label={t.views}>
      <ul>
        {VIEWS.map(({ name, href }) => (
          <li key={name}>
            <a href={href} aria-current={name === here ? (within ? "true" : "page") : undefined}>{t[name]}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
