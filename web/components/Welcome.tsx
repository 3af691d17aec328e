/** What an empty conversation says: what to do next. */
import type { Desk } from "../lib/desk.ts";
import { helperOf } from "../lib/roster.ts";
import { texts } from "../lib/texts.ts";
import { NobodyOnline } from "./AgentList.tsx";
import { Mark } from "./icons.tsx";

export function Welcome({ desk, isUnknown }: { desk: Desk; isUnknown: boolean }) {
  const agents = desk.agents.value;
  const isAnybodyThere = agents.some(({ is_online }) => is_online);
  return (
    <div class="welcome">
      <Mark />
      <h2>{isUnknown ? texts.unknown : texts.welcome}</h2>
      <p>{isUnknown ? texts.unknownText : texts.welcomeText}</p>
      {!isAnybodyThere && <NobodyOnline desk={desk} />}
      {isAnybodyThere && !isUnknown && (
        <ul class="suggestions">
          {texts.suggestions.map((text) => (
            <li key={text}>
              <button
                type="button"
                class="button"
                onClick={() => desk.ask(text, { to: helperOf(agents) })}
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
