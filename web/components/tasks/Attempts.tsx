/** Every time that somebody had the task: who, when, how long, how it ended, and why it moved. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { TaskAttempt } from "../../../shared/model/task.ts";
import { durationText } from "../../lib/ui/duration.ts";
import type { TaskItem } from "../../lib/tasks/task_item.ts";
import { fill } from "../../lib/texts/fill.ts";
import { exactTime } from "../../lib/ui/relative_time.ts";
import { useClock, useLanguage, useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { AgentLink } from "./AgentLink.tsx";
import { LongText } from "./JsonView.tsx";

interface AttemptsProps {
  task: TaskItem;
  agents: readonly AgentInfo[];
}

export function Attempts({ task, agents }: AttemptsProps) {
  const [t, language, clock] = [useTexts("tasks"), useLanguage(), useClock()];
  const zone = clock.live.value ? undefined : "UTC";
  return (
    <section class="section">
      <h2>{t.attempts}</h2>
      {task.attempts.length === 0 && <p class="quiet">{t.noAttempt}</p>}
      <ol class="attempts">
        {task.attempts.toReversed().map((attempt) => (
          <li key={attempt.attempt} class={`attempt attempt-${attempt.outcome ?? "running"}`}>
            <Attempt attempt={attempt} agents={agents} />
          </li>
        ))}
      </ol>
      {task.status === "pending" && task.not_before && (
        <p class="quiet">{fill(t.nextAt, { time: exactTime(task.not_before, language, zone) })}</p>
      )}
    </section>
  );
}

function Attempt({ attempt, agents }: { attempt: TaskAttempt; agents: readonly AgentInfo[] }) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const { outcome, started_at: start, ended_at: end } = attempt;
  const took = end && durationText(Date.parse(end) - Date.parse(start), language);
  return (
    <>
      <p class="attempt-head">
        <strong>{fill(t.attemptNumber, { number: attempt.attempt })}</strong>
        <AgentLink id={attempt.agent_id} agents={agents} />
        <span class="attempt-outcome">{outcome ? t.outcomes[outcome] ?? outcome : t.runs}</span>
      </p>
      <p class="quiet">
        {t.since} <Ago iso={start} />
        {took && <>, {fill(t.took, { time: took })}</>}
      </p>
      {attempt.error && <LongText label={t.error} text={attempt.error} />}
    </>
  );
}
