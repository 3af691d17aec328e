/** Pauses or resumes everybody, and says how many that changed. */
import { useState } from "preact/hooks";
import type { AgentBoard } from "../../lib/agents/agent_board.ts";
import { ask } from "../../lib/live/api.ts";
import { counted } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { Pause, Play } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function ControlAll({ board }: { board: AgentBoard }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const [action, confirm] = [useAction(), useConfirm()];
  const [done, setDone] = useState("");
  const questions = {
    pause: { title: t.pauseAllAsk, text: t.pauseAllText, action: t.pauseAll },
    resume: { title: t.resumeAllAsk, text: t.resumeAllText, action: t.resumeAll },
  };
  const act = async (what: keyof typeof questions) => {
    if (!await confirm.ask(questions[what])) return;
    setDone("");
    await action.run(async () => {
      const path = `/api/agents/${what}`;
      const { changed_count: count } = await ask<{ changed_count: number }>(path, { method: "POST" });
      setDone(counted(t.changed, count, language));
    });
  };
  const isOff = board.roster.link.value.state !== "open";
  return (
    <div class="control-all">
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      <button type="button" class="button" disabled={isOff} onClick={() => act("pause")}>
        <Pause /> {t.pauseAll}
      </button>
      <button type="button" class="button" disabled={isOff} onClick={() => act("resume")}>
        <Play /> {t.resumeAll}
      </button>
      <p class="quiet" role="status">{done}</p>
      {confirm.dialog}
    </div>
  );
}
