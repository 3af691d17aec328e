/** Whether the server can do its work, and in words what cannot be done. */
import type { Overview } from "../../lib/system/overview.ts";
import { fill } from "../../lib/texts/fill.ts";
import { inert } from "../../lib/ui/plain_text.ts";
import { exactTime } from "../../lib/ui/relative_time.ts";
import { CommandLine } from "../ui/NobodyOnline.tsx";
import { useClock, useLanguage, useTexts } from "../ui/Page.tsx";

const KINDS = { ready: "ready", degraded: "degraded", "not ready": "notReady" } as const;
/** Characters of a fault: it may be whatever a backend said. */
const MOST = 300;

export function HealthLine({ overview }: { overview: Overview }) {
  const t = useTexts("system");
  const { health } = overview.reading.value;
  if (overview.isStale.value) return <Away overview={overview} />;
  const kind = KINDS[health?.status as keyof typeof KINDS] ?? "unknown";
  const faults = Object.entries({ ...health?.faults, ...health?.limits });
  return (
    <section class={`health health-${kind}`} role="status">
      <p>{t.health[kind]}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map(([part, fault]) => (
            <li key={part}>
              <strong>{t.parts[part as keyof typeof t.parts] ?? inert(part)}:</strong>{" "}
              <span dir="auto">{inert(String(fault)).slice(0, MOST)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is still shown is how it was. */
function Away({ overview }: { overview: Overview }) {
  const [t, common] = [useTexts("system"), useTexts("common")];
  const [clock, language] = [useClock(), useLanguage()];
  const { stats, now } = overview.reading.value;
  const time = exactTime(new Date(now).toISOString(), language, clock.live.value ? undefined : "UTC");
  return (
    <section class="health health-away" role="status">
      <p>
        {common.serverAway} {stats && fill(t.asOf, { time })}
      </p>
      <CommandLine command={common.serverCommand} />
    </section>
  );
}
