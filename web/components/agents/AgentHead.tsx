/** Who an agent is and how it is, with what an operator can do about it. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { AgentAction, AgentDesk } from "../../lib/agents/agent_desk.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { useConfirm } from "../ui/Confirm.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Pause, Play } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";
import { Status } from "../ui/Status.tsx";
import { Ago } from "../ui/Time.tsx";
import { Standing } from "./Standing.tsx";

interface HeadProps {
  desk: AgentDesk;
  agent: AgentInfo;
}

export function AgentHead({ desk, agent }: HeadProps) {
  const t = useTexts("agents");
  const name = oneLine(agent.agent_name) || agent.agent_id;
  const said = oneLine(agent.status_text ?? "");
  return (
    <header class="agent-head">
      <Avatar id={agent.agent_id} name={name} />
      <div class="agent-who">
        <p class="agent-id">
          <code>{agent.agent_id}</code> <CopyButton text={agent.agent_id} />
        </p>
        <p class="agent-state">
          <Status agent={agent} /> <Standing agent={agent} />
          {agent.is_online && said && said !== agent.status && <span class="quiet" dir="auto">{said}</span>}
          <span class="quiet">
            {t.lastSeen.toLowerCase()} <Ago iso={agent.last_seen} />
          </span>
        </p>
      </div>
      <Buttons desk={desk} agent={agent} />
    </header>
  );
}

/** What undoes something stands in its place, so that the focus stays there. */
function Buttons({ desk, agent }: HeadProps) {
  const t = useTexts("agents");
  const [action, confirm] = [useAction(), useConfirm()];
  const name = oneLine(agent.agent_name) || agent.agent_id;
  const letBack = agent.is_taken_off ? t.reregister : t.registerAnew;
  const questions = {
    pause: { title: t.pauseAsk, text: t.pauseText, action: t.pause },
    deregister: { title: t.deregisterAsk, text: t.deregisterText, action: t.deregister },
    reregister: agent.is_taken_off
      ? { title: t.reregisterAsk, text: t.reregisterText, action: letBack }
      : { title: t.anewAsk, text: t.anewText, action: letBack },
  };
  const act = async (what: AgentAction) => {
    if (what !== "resume") {
      const question = questions[what];
      if (!await confirm.ask({ ...question, title: fill(question.title, { name }) })) return;
    }
    await action.run(() => desk.control(what));
  };
  const isOff = desk.roster.link.value.state !== "open";
  const button = (what: AgentAction, word: string) => (
    <button
      type="button"
      class="button"
      disabled={isOff}
      onClick={() => act(what)}
      data-do={what}
    >
      {what === "pause" && <Pause />}
      {what === "resume" && <Play />}
      {word}
    </button>
  );
  return (
    <div class="agent-buttons">
      {agent.is_paused || agent.status === "paused" ? button("resume", t.resume) : button("pause", t.pause)}
      {agent.is_taken_off ? button("reregister", letBack) : button("deregister", t.deregister)}
      {!agent.is_taken_off && agent.is_online && button("reregister", letBack)}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {confirm.dialog}
    </div>
  );
}
