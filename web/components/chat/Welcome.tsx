/** What an empty conversation says: what to do next. */
import type { Desk } from "../../lib/chat/desk.ts";
import { helperOf } from "../../lib/live/roster.ts";
import { Mark } from "../ui/icons.tsx";
import { NobodyOnline } from "../ui/NobodyOnline.tsx";
import { useTexts } from "../ui/Page.tsx";

export function Welcome({ desk, isUnknown }: { desk: Desk; isUnknown: boolean }) {
  const t = useTexts("chat");
  const agents = desk.agents.value;
  const isAnybodyThere = agents.some(({ is_online }) => is_online);
  return (
    <div class="welcome">
      <Mark />
      <h2>{isUnknown ? t.unknown : t.welcome}</h2>
      <p>{isUnknown ? t.unknownText : t.welcomeText}</p>
      {!isAnybodyThere && <NobodyOnline isServerAway={desk.isServerAway.value} />}
      {isAnybodyThere && !isUnknown && (
        <ul class="suggestions">
          {t.suggestions.map((text) => (
            <li key={text}>
              <button
                type="button"
                class="button"
                onClick={() => desk.ask({ text, to: helperOf(agents) })}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
