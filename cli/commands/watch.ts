/** `agents watch`: who is there, as it changes, until Ctrl-C. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import { EXIT } from "../exit_code.ts";
import { agentsTable } from "../format/agents_table.ts";
import { oneLine } from "../format/harmless.ts";
import { cut } from "../format/width.ts";
import { inOrder, type Roster, type Update, updated } from "../roster.ts";
import type { Screen } from "../screen.ts";
import { Session } from "../session.ts";
import type { Frame } from "../socket.ts";
import type { Workplace } from "../workplace.ts";

/** Where what is seen goes. */
interface View extends Disposable {
  update(roster: Roster, changes: AgentInfo[]): void;
  /** `problem`: what keeps the news away; undefined: nothing any more. */
  link(problem: string | undefined): void;
}

export async function watch({ api, config, screen, signal }: Workplace): Promise<number> {
  await api.reach();
  using view = screen.isJson ? new Lines(screen) : new Picture(screen, config.apiUrl);
  const session = new Session({ ...config, signal });
  let roster: Roster = new Map();
  for await (const event of session.events()) {
    if (event.kind === "lost") view.link(`${event.reason} Trying again until it is back.`);
    if (event.kind === "open" && !event.isFirst) view.link(undefined);
    if (event.kind !== "frame" || !isUpdate(event.frame)) continue;
    const { changes, ...now } = updated(roster, event.frame);
    roster = now.roster;
    view.update(roster, changes);
  }
  return EXIT.interrupted;
}

function isUpdate(frame: Frame): frame is Frame & Update {
  return frame.message_type === "AGENT_STATUS_UPDATE" && Array.isArray(frame.agents);
}

/** For programs: one line of JSON for each agent at first, and then for each change. */
class Lines implements View {
  constructor(private readonly screen: Screen) {}

  update(_roster: Roster, changes: AgentInfo[]): void {
    for (const agent of changes) this.screen.line(agent);
  }

  link(problem: string | undefined): void {
    this.screen.say(problem ?? "Connected again.");
  }

  [Symbol.dispose](): void {}
}

const OWN_SCREEN = "\u001b[?1049h\u001b[?25l";
const BACK = "\u001b[?25h\u001b[?1049l";
const TOP = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_REST = "\u001b[J";
/** Times are shown relative to now, and grow. */
const REDRAW_MS = 1_000;

/** For people: a table on a screen of its own, drawn again with each change. */
class Picture implements View {
  #agents: AgentInfo[] = [];
  #problem: string | undefined;
  #isOpen = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly screen: Screen, private readonly address: string) {}

  update(roster: Roster): void {
    this.#agents = inOrder(roster);
    this.#open();
    this.#draw();
  }

  link(problem: string | undefined): void {
    this.#problem = problem;
    this.#draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#isOpen) this.screen.out(BACK);
  }

  /** Not before there is something to see: that there is no server is said where it stays. */
  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.screen.out(OWN_SCREEN);
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  #draw(): void {
    const { width, height, isColoured } = this.screen;
    const online = this.#agents.filter(({ is_online }) => is_online).length;
    const state = this.#problem ?? `${online} of ${this.#agents.length} agents online`;
    const table = agentsTable(this.#agents, { width, isColoured, isExact: true, nowMs: Date.now() }).trimEnd()
      .split("\n");
    const lines = [cut(oneLine(`${this.address}: ${state} (Ctrl-C ends)`), width), "", ...table].slice(
      0,
      height - 1,
    );
    this.screen.out(TOP + lines.map((line) => line + CLEAR_LINE + "\n").join("") + CLEAR_REST);
  }
}
