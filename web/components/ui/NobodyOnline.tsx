/** Says what to do where nobody is there, with the very command. */
import { CopyButton } from "./CopyButton.tsx";
import { useTexts } from "./Page.tsx";

export function NobodyOnline({ isServerAway }: { isServerAway: boolean }) {
  const t = useTexts("common");
  return (
    <div class="advice">
      <p>{isServerAway ? t.serverAway : t.noAgents}</p>
      <CommandLine command={isServerAway ? t.serverCommand : t.agentCommand} />
    </div>
  );
}

/** A command to type, with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  return (
    <p class="command">
      <code>{command}</code>
      <CopyButton text={command} />
    </p>
  );
}
