/** What is known of a task, each with its name. */
import type { ComponentChildren } from "preact";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { durationText } from "../../lib/ui/duration.ts";
import type { TaskItem } from "../../lib/tasks/task_item.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { AgentLink } from "./AgentLink.tsx";
import { ProgressBar } from "./Progress.tsx";
import { TaskStatus } from "./TaskStatus.tsx";

interface FactsProps {
  task: TaskItem;
  agents: readonly AgentInfo[];
}

export function TaskFacts({ task, agents }: FactsProps) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const { agent_id: agent, preferred_agent: preferred, parent_task_id: parent } = task;
  return (
    <dl class="facts task-facts">
      <Fact name={t.status}>
        <TaskStatus status={task.status} />
      </Fact>
      <Fact name={t.progress}>
        <ProgressBar label={t.progress} value={task.progress} />
      </Fact>
      <Fact name={t.agent}>{agent ? <AgentLink id={agent} agents={agents} /> : t.nobody}</Fact>
      <Fact name={t.priority}>{t.priorities[task.priority - 1] ?? task.priority}</Fact>
      <Fact name={t.created}>
        <Ago iso={task.created_at} />
      </Fact>
      {task.ended_at && (
        <Fact name={t.ended}>
          <Ago iso={task.ended_at} />
        </Fact>
      )}
      {task.deadline && (
        <Fact name={t.deadline}>
          <Ago iso={task.deadline} />
        </Fact>
      )}
      {task.timeout_s !== null && (
        <Fact name={t.timeout}>{durationText(task.timeout_s * 1_000, language)}</Fact>
      )}
      <Fact name={t.retries}>{task.max_retries}</Fact>
      {preferred && (
        <Fact name={t.preferred}>
          <AgentLink id={preferred} agents={agents} />
        </Fact>
      )}
      {parent && (
        <Fact name={t.parent}>
          <a href={`/tasks/${encodeURIComponent(parent)}`}>{oneLine(parent)}</a>
        </Fact>
      )}
      <Fact name={t.requestedBy}>{oneLine(task.requested_by ?? "")}</Fact>
      <Fact name={t.id} kind="task-id">
        <code>{task.task_id}</code>
      </Fact>
      {task.required_capabilities.length > 0 && (
        <Fact name={t.capabilities}>
          <ul class="tags">
            {task.required_capabilities.map((name) => <li key={name}>{oneLine(name)}</li>)}
          </ul>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, kind, children }: { name: string; kind?: string; children: ComponentChildren }) {
  return (
    <div class={kind}>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}
