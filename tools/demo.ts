/**
 * Shows in a few seconds what supervisors and workers do: registration, assignment, messages, status, failure and
 * recovery. Everything in one process and in memory, with nothing installed.
 */
import {
  AgentRole,
  type AssignedTask,
  type CoordinationStats,
  MessagePriority,
  MessageType,
  SupervisorCoordinator,
  type TaskAssignment,
} from "../agent/coordination/mod.ts";
import { pause } from "../shared/pause.ts";
import { Screen } from "./demo/screen.ts";
import { type DemoAgent, DemoWorker } from "./demo/worker.ts";

const HELP = `Usage: deno task demo [--quick]

Shows a supervisor and its workers: who is there, who gets which task, what they tell each other, and what happens when
one of them is gone in the middle of its work. It takes some ten seconds; with --quick no time is left for reading.`;

const SUPERVISOR = "supervisor";
const OPTIONS = { useMock: true, heartbeatIntervalMs: 1_000, silentAfterMs: 2_000 };

const TEAM: DemoAgent[] = [
  {
    agentId: "ada",
    agentRole: AgentRole.WORKER,
    capabilities: ["python", "api_development"],
    maxConcurrentTasks: 1,
  },
  {
    agentId: "rui",
    agentRole: AgentRole.WORKER,
    capabilities: ["javascript", "react"],
    maxConcurrentTasks: 2,
  },
  { agentId: "tess", agentRole: AgentRole.TESTER, capabilities: ["testing"], maxConcurrentTasks: 1 },
  { agentId: "otto", agentRole: AgentRole.DOCUMENTATION, capabilities: ["writing"], maxConcurrentTasks: 1 },
];
const DEVOPS: DemoAgent = {
  agentId: "kim",
  agentRole: AgentRole.DEVOPS,
  capabilities: ["deployment"],
  maxConcurrentTasks: 1,
};
const UNLUCKY: DemoAgent = { ...TEAM[2]!, agentId: "max", capabilities: ["load_testing"] };
const SUCCESSOR: DemoAgent = { ...TEAM[2]!, agentId: "noa", capabilities: ["load_testing"] };

const LOAD_TEST: TaskAssignment = {
  taskType: "load_test",
  description: "Test with 1,000 users",
  requiredCapabilities: ["load_testing"],
};

/** The last one nobody of the team can do. */
const TASKS: TaskAssignment[] = [
  { taskType: "docs", description: "Describe the API", requiredCapabilities: ["writing"] },
  {
    taskType: "api",
    description: "Create the login API",
    requiredCapabilities: ["python"],
    priority: MessagePriority.HIGH,
  },
  { taskType: "ui", description: "Draw the login page", requiredCapabilities: ["react"] },
  {
    taskType: "deploy",
    description: "Put it on the test machine",
    requiredCapabilities: ["deployment"],
  },
];

/** The story, chapter by chapter. `readingMs`: how long a reader gets for each step. */
class Demo implements AsyncDisposable {
  readonly #resources = new AsyncDisposableStack();
  readonly #coordinator = this.#resources.use(new SupervisorCoordinator(SUPERVISOR, OPTIONS));

  constructor(private readonly screen: Screen, private readonly readingMs: number) {}

  async tell(): Promise<void> {
    const team = await this.#registration();
    const waiting = await this.#assignment();
    await this.#messages(team);
    await this.#somebodyNew(waiting);
    await this.#failure();
    await this.#status();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #registration(): Promise<DemoWorker[]> {
    this.screen.chapter(1, "Registration", "Agents say what they can do, and how much at once.");
    const team = TEAM.map((agent) => this.#worker(agent));
    for (const worker of team) await this.#register(worker);
    await pause(this.readingMs);
    return team;
  }

  /** Gives the task that nobody can take yet. */
  async #assignment(): Promise<AssignedTask> {
    this.screen.chapter(
      2,
      "Assignment",
      "Each task goes to the best agent that can do it and has the time.",
    );
    const tasks: AssignedTask[] = [];
    for (const task of TASKS) tasks.push(await this.#assign(task));
    const waiting = tasks.pop()!;
    this.#says("nobody can deploy: that one waits");
    await Promise.all(tasks.map((task) => task.result()));
    return waiting;
  }

  async #messages([ada]: DemoWorker[]): Promise<void> {
    this.screen.chapter(3, "Messages", "Agents talk with each other, and the supervisor with all of them.");
    await ada!.tell("tess", "The login API is ready to be tested.");
    await pause(this.readingMs);
    this.#says('to all: "Well done so far."');
    await this.#coordinator.broadcastMessage(MessageType.BROADCAST, { text: "Well done so far." });
    await pause(Math.max(200, this.readingMs));
  }

  async #somebodyNew(waiting: AssignedTask): Promise<void> {
    this.screen.chapter(4, "Somebody new", "What waited is given out the moment somebody can do it.");
    const result = waiting.result();
    await this.#register(this.#worker(DEVOPS));
    await result;
  }

  async #failure(): Promise<void> {
    this.screen.chapter(
      5,
      "Failure and recovery",
      "An agent is gone in the middle of its work; another does it.",
    );
    const unlucky = this.#worker(UNLUCKY);
    const task = await this.#assign(LOAD_TEST);
    const result = task.result();
    await unlucky.startAndFall();
    await this.#register(this.#worker(SUCCESSOR));
    this.#says("max is not heard of …");
    const { agentId, attempt } = await result;
    this.#says(`finished by ${agentId}, as attempt ${attempt}: nothing was lost`);
  }

  async #status(): Promise<void> {
    this.screen.chapter(6, "Status", "What the supervisor knows.");
    for (const agent of await this.#coordinator.agentRegistry.listAgents()) {
      const { currentTasks, maxConcurrentTasks, status, agentRole } = agent;
      this.screen.load(agent.agentId, currentTasks, maxConcurrentTasks, `${status}, ${agentRole}`);
    }
    const stats = await this.#coordinator.getCoordinationStats();
    for (const line of linesOf(stats)) this.screen.line(line);
  }

  #worker(agent: DemoAgent): DemoWorker {
    const show = { screen: this.screen, workMs: Math.max(50, this.readingMs) };
    return this.#resources.use(new DemoWorker(agent, OPTIONS, show));
  }

  async #register(worker: DemoWorker): Promise<void> {
    const { agentId, agentRole, capabilities, maxConcurrentTasks: most } = worker.agent;
    this.screen.say(agentId, `${agentRole}, can do ${capabilities.join(" and ")}, ${most} at once`);
    await worker.start();
  }

  #assign(task: TaskAssignment): Promise<AssignedTask> {
    this.#says(`asks for "${task.description}", which takes ${task.requiredCapabilities?.join(" and ")}`);
    return this.#coordinator.assignTask(task);
  }

  #says(what: string): void {
    this.screen.say(SUPERVISOR, what);
  }
}

function linesOf({ registry, queue, ...stats }: CoordinationStats): string[] {
  return [
    "",
    `tasks completed      ${stats.tasks_completed} (completion_rate ${stats.completion_rate})`,
    `given to another     ${stats.tasks_reassigned}`,
    `agents               ${registry.total_agents} (average_load ${registry.average_load})`,
    `messages_per_minute  ${queue.messages_per_minute}`,
    "",
    "Write your own: examples/06_project_supervisor.ts and examples/07_python_worker.ts",
  ];
}

async function main(args: string[]): Promise<void> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return console.log(HELP);
  const isQuick = args.includes("--quick");
  const screen = new Screen(console.log, Deno.stdout.isTerminal() && !Deno.noColor);
  await using story = new Demo(screen, isQuick ? 0 : 900);
  await story.tell();
}

if (import.meta.main) await main(Deno.args);
