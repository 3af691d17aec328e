/** A process of frontends that each keep what they were told, and notice when it goes backwards. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Truth } from "./flapper.ts";
import { isUpdate, openFrontends } from "./frontends.ts";
import { answerLines } from "./line_process.ts";

/** What the frontends of this process saw. */
export interface Seen {
  /** Frontends that have another state than the truth, and one example. */
  wrong: number;
  example: string;
  /** Updates that were older than what the same frontend knew already, and one example. */
  backwards: number;
  backwardsExample: string;
  frames: number;
  megabytes: number;
  closed: number;
}

/** How far along an agent's life is, and what that looks like: its name counts how often it came. */
interface State {
  step: number;
  lastSeen: string;
  text: string;
}

/** One frontend's view. */
type View = Map<string, State>;

const views: View[] = [];
const seen = { backwards: 0, backwardsExample: "", frames: 0, megabytes: 0, closed: 0 };
/** The newest frame, parsed once for all who get the same. */
let last: { text: string; states: [string, State][] } = { text: "", states: [] };

function listen(view: View, text: string): void {
  if (!isUpdate(text)) return;
  seen.frames++;
  seen.megabytes += text.length / 1_000_000;
  if (text !== last.text) last = { text, states: JSON.parse(text).agents.map(stateOf) };
  for (const [id, state] of last.states) {
    const before = view.get(id);
    if (before && (state.step < before.step || state.lastSeen < before.lastSeen)) {
      seen.backwards++;
      seen.backwardsExample = `${id}: ${before.text}, then ${state.text}`;
    }
    view.set(id, state);
  }
}

function stateOf({ agent_id, agent_name, is_online, last_seen }: AgentInfo): [string, State] {
  const count = Number(agent_name.split("#")[1]);
  const text = `${agent_name} ${is_online ? "online" : "offline"} ${last_seen}`;
  return [agent_id, { step: count * 2 + (is_online ? 0 : 1), lastSeen: last_seen, text }];
}

function isTrue(view: View, truth: Truth[]): string | undefined {
  const wrong = truth.find(({ id, name, isOnline }) => {
    const [, { step }] = stateOf({ agent_id: id, agent_name: name, is_online: isOnline } as AgentInfo);
    return view.get(id)?.step !== step;
  });
  return wrong &&
    `${wrong.name} ${wrong.isOnline ? "online" : "offline"}, shown as ${view.get(wrong.id)?.text}`;
}

await answerLines({
  async open({ url, count }: { url: string; count: number }) {
    const sockets = await openFrontends({ kind: "parley", url, count }, () => {
      const view: View = new Map();
      views.push(view);
      return (text) => listen(view, text);
    });
    for (const socket of sockets) socket.onclose = () => seen.closed++;
  },
  compare({ truth }: { truth: Truth[] }): Seen {
    const faults = views.map((view) => isTrue(view, truth)).filter((fault) => fault !== undefined);
    return { ...seen, wrong: faults.length, example: faults[0] ?? "" };
  },
});
