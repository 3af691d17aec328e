/** What can be said of a task beyond what it is: most people leave it as it is. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Faults } from "../../lib/tasks/form_values.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { TextLine } from "./SchemaField.tsx";

/** Boxes for more capabilities than this are no list that anybody reads. */
const MOST_BOXES = 40;
const USUAL_PRIORITY = 3;

interface MoreProps {
  agents: readonly AgentInfo[];
  initialAgent: string;
  faults: Faults;
}

export function MoreFields({ agents, initialAgent, faults }: MoreProps) {
  const t = useTexts("tasks");
  const names = [...new Set(agents.flatMap(({ capabilities }) => capabilities ?? []))].sort();
  const hasFault = Boolean(faults.deadline ?? faults.timeout ?? faults.retries);
  return (
    <details class="submit-more" open={hasFault || undefined}>
      <summary>{t.more}</summary>
      <div class="submit-fields">
        <label class="field">
          {t.priority}
          <select name="priority">
            {t.priorities.map((name, at) => (
              <option key={name} value={String(at + 1)} selected={at + 1 === USUAL_PRIORITY}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          {t.preferred}
          <select name="agent">
            <option value="">{t.anybody}</option>
            {agents.map(({ agent_id: id, agent_name }) => (
              <option key={id} value={id} selected={id === initialAgent}>{oneLine(agent_name) || id}</option>
            ))}
          </select>
        </label>
        <fieldset class="submit-group">
          <legend>{t.capabilities}</legend>
          <div class="submit-boxes">
            {names.slice(0, MOST_BOXES).map((name) => (
              <label key={name} class="box">
                <input type="checkbox" name="capability" value={name} />
                <span dir="auto">{oneLine(name)}</span>
              </label>
            ))}
          </div>
          <TextLine name="capabilities" label={t.otherCapabilities} />
        </fieldset>
        <TextLine
          name="deadline"
          type="datetime-local"
          label={t.deadline}
          hint={t.deadlineHint}
          fault={faults.deadline}
        />
        <TextLine name="timeout" label={t.timeoutSeconds} inputMode="decimal" fault={faults.timeout} />
        <TextLine name="retries" label={t.retries} inputMode="numeric" fault={faults.retries} />
      </div>
    </details>
  );
}
