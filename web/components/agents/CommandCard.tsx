/** One command: what it is, how it stands, what it printed, and what can be done about it. */
import { useState } from "preact/hooks";
import type { CommandRecord } from "../../../shared/model/command.ts";
import { type CommandLog, isOpen } from "../../lib/agents/command_log.ts";
import { durationText } from "../../lib/ui/duration.ts";
import { visibleWord } from "../../lib/agents/words.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { Stop } from "../ui/icons.tsx";
import { useClock, useLanguage, useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { Approval } from "./Approval.tsx";
import { CommandOutput } from "./CommandOutput.tsx";
import { focusSummary } from "./focus_summary.ts";

const LONGEST_TITLE = 200;

interface CardProps {
  command: CommandRecord;
  log: CommandLog;
  /** Whether what happens to it is heard as it happens. */
  isHeard: boolean;
  isLatest: boolean;
}

export function CommandCard({ command, log, isHeard, isLatest }: CardProps) {
  const [choice, setChoice] = useState<boolean>();
  const isShown = choice ?? (isLatest || isOpen(command));
  const toggled = (isOpenNow: boolean) => {
    if (isOpenNow === isShown) return;
    setChoice(isOpenNow);
    // A list has the beginning and the end of what a command printed; where it cannot be read now, that stays.
    if (isOpenNow && !isOpen(command)) void log.read(command.command_id).catch(() => {});
  };
  return (
    <li class="card command-card" data-command={command.command_id} data-status={command.status}>
      <details open={isShown} onToggle={({ currentTarget }) => toggled(currentTarget.open)}>
        <summary>
          <code class="command-title" dir="ltr">{titleOf(command)}</code>
          <State command={command} isHeard={isHeard} />
        </summary>
        {isShown && <Inside command={command} log={log} isHeard={isHeard} isLatest={isLatest} />}
      </details>
    </li>
  );
}

function State({ command, isHeard }: Pick<CardProps, "command" | "isHeard">) {
  const t = useTexts("agents");
  const { status, cancel_asked_at, created_at } = command;
  const word = isOpen(command) && cancel_asked_at ? t.cancelling : t.commandStatus[status] ?? status;
  const isSure = isHeard || !isOpen(command);
  return (
    <span class="command-state">
      <span class={`outcome outcome-${status}`}>{isSure ? word : fill(t.lastHeard, { status: word })}</span>
      <Figures command={command} isHeard={isHeard} />
      <span class="quiet">
        <Ago iso={created_at} />
      </span>
    </span>
  );
}

function Figures({ command, isHeard }: Pick<CardProps, "command" | "isHeard">) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const { exit_code: code, signal, execution_time_ms: ms, status, started_at } = command;
  const said = [
    code !== null && fill(t.exitCode, { code }),
    signal && fill(t.signal, { signal: oneLine(signal) }),
    ms !== null && hasRun(command) && fill(t.took, { time: durationText(ms, language) }),
  ].filter((each) => each !== false && each !== null && each !== "");
  return (
    <>
      {said.map((each) => <span key={each} class="quiet">{each}</span>)}
      {status === "running" && isHeard && started_at && <Since iso={started_at} />}
    </>
  );
}

function Since({ iso }: { iso: string }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const ms = Math.max(0, useClock().now.value - Date.parse(iso));
  const time = durationText(Math.floor(ms / 1_000) * 1_000, language);
  return <span class="quiet number" aria-hidden="true">{fill(t.since, { time })}</span>;
}

function Inside({ command, log, isHeard, isLatest }: CardProps) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const action = useAction();
  const { status, truncated_bytes: missing, error_message: error, cancel_asked_at } = command;
  return (
    <div class="command-inside">
      {status === "awaiting_approval" && command.approval && (
        <Approval command={command} approval={command.approval} log={log} isOff={!isHeard} />
      )}
      {error && <p class="failure-line" dir="auto">{inert(error.slice(0, 5_000))}</p>}
      {hasRun(command) && (
        <CommandOutput command={command} output={log.outputOf(command)} isLatest={isLatest} />
      )}
      {missing > 0 && <p class="quiet">{counted(t.cutOut, missing, language)}</p>}
      {isOpen(command) && status !== "awaiting_approval" && (
        <p>
          <button
            type="button"
            class="button"
            disabled={!isHeard || cancel_asked_at !== null}
            onClick={({ currentTarget }) => {
              focusSummary(currentTarget);
              void action.run(() => log.act(command, "cancel"));
            }}
          >
            <Stop /> {t.stop}
          </button>
        </p>
      )}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
    </div>
  );
}

function hasRun({ started_at, output }: CommandRecord): boolean {
  return started_at !== null || output !== "";
}

/** The words as they were sent: a blank within a word is to be told from one between two. */
function titleOf({ arguments: words, content, type, description }: CommandRecord): string {
  const title = type === "shell" && words.length > 0
    ? words.map((word) => /^[^\s"'\\]+$/.test(word) ? visibleWord(word) : `'${visibleWord(word)}'`).join(" ")
    : `${type === "shell" ? "" : `${type} `}${oneLine(content || description || "")}`;
  return title.length > LONGEST_TITLE ? `${inert(title.slice(0, LONGEST_TITLE))}…` : inert(title);
}
