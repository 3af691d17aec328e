/** Has an agent carry out commands, and shows what became of those that it got. */
import { useState } from "preact/hooks";
import type { AgentDesk } from "../../lib/agents/agent_desk.ts";
import type { CommandLog } from "../../lib/agents/command_log.ts";
import { offerOf } from "../../lib/agents/command_request.ts";
import { CommandLine } from "../ui/NobodyOnline.tsx";
import { useTexts } from "../ui/Page.tsx";
import { CommandCard } from "./CommandCard.tsx";
import { CommandForm } from "./CommandForm.tsx";
import { PagedSection } from "./PagedSection.tsx";

interface ConsoleProps {
  desk: AgentDesk;
  log: CommandLog;
}

export function CommandConsole({ desk, log }: ConsoleProps) {
  const t = useTexts("agents");
  /** The command that this page asked for last: it is shown open. */
  const [latest, setLatest] = useState<string>();
  const empty = (
    <div class="empty">
      <h2>{t.noCommands}</h2>
    </div>
  );
  const isHeard = log.isHeard.value && desk.roster.link.value.state === "open";
  return (
    <>
      <Ask desk={desk} log={log} onStarted={setLatest} />
      <PagedSection id="commands-title" title={t.log} list={log.list} empty={empty}>
        {(commands) => (
          <ul class="commands">
            {commands.map((command) => (
              <CommandCard
                key={command.command_id}
                command={command}
                log={log}
                isHeard={isHeard}
                isLatest={command.command_id === latest}
              />
            ))}
          </ul>
        )}
      </PagedSection>
    </>
  );
}

function Ask({ desk, log, onStarted }: ConsoleProps & { onStarted: (id: string) => void }) {
  const t = useTexts("agents");
  const agent = desk.agent.value;
  if (!agent) return null;
  const offer = offerOf(agent);
  const isAway = desk.roster.link.value.state === "waiting";
  const form = (
    <CommandForm
      kinds={offer ?? ["program", "line", "script"]}
      isOffline={!agent.is_online}
      isAway={isAway}
      onRun={async (request) => onStarted(await log.start(request))}
    />
  );
  return (
    <section class="section" aria-labelledby="console-title">
      <h2 id="console-title">{t.console}</h2>
      {offer ? form : (
        <div class="card section">
          <p>{t.takesNone}</p>
          <p class="quiet">{t.takesNoneText}</p>
          <CommandLine command={t.takesNoneCommand} />
          <details>
            <summary>{t.sendAnyway}</summary>
            {form}
          </details>
        </div>
      )}
    </section>
  );
}
