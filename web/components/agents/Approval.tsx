/** Asks a person whether a command may run, showing exactly what that is. */
import type { Approval as Asked, CommandRecord } from "../../../shared/model/command.ts";
import type { CommandLog } from "../../lib/agents/command_log.ts";
import { visibleText } from "../../lib/agents/words.ts";
import { useAction } from "../ui/action.ts";
import { Check, Close } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";
import { Clock } from "../ui/Time.tsx";
import { focusSummary } from "./focus_summary.ts";
import { WordList } from "./WordList.tsx";

interface ApprovalProps {
  command: CommandRecord;
  approval: Asked;
  log: CommandLog;
  isOff: boolean;
}

export function Approval({ command, approval, log, isOff }: ApprovalProps) {
  const t = useTexts("agents");
  const action = useAction();
  const id = `approval-${command.command_id}`;
  const decide = (decision: "approve" | "deny") => ({ currentTarget }: { currentTarget: HTMLElement }) => {
    focusSummary(currentTarget);
    void action.run(() => log.act(command, decision));
  };
  return (
    <div class="approval" role="group" aria-labelledby={id}>
      <h3 id={id}>{t.approvalTitle}</h3>
      <p class="quiet">{t.approvalExact}</p>
      <pre
        class="output"
        dir="ltr"
        tabIndex={0}
        aria-label={t.approvalExact}
        role="group"
      >{visibleText(approval.description)}</pre>
      {command.arguments.length > 0 && (
        <>
          <p class="quiet" id={`${id}-words`}>{t.approvalWords}</p>
          <WordList words={command.arguments} labelledBy={`${id}-words`} />
        </>
      )}
      <p class="quiet">
        {t.approvalUntil} <Clock iso={approval.expires_at} />
      </p>
      <p class="approval-buttons">
        <button
          type="button"
          class="button primary"
          disabled={isOff}
          onClick={decide("approve")}
        >
          <Check /> {t.approve}
        </button>
        <button type="button" class="button" disabled={isOff} onClick={decide("deny")}>
          <Close /> {t.deny}
        </button>
      </p>
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
    </div>
  );
}
