/**
 * A supervisor that splits a project by what it requires, and hands each part to an agent that can do it.
 *
 *   deno run -A examples/07_python_worker.ts           one of the workers, beside `deno task start`
 *   deno run -A examples/06_project_supervisor.ts "A library for lent books" api review
 *
 * Alone, with its workers in the same process:
 *
 *   AGENT_COMMUNICATION_MODE=mock deno run -A examples/06_project_supervisor.ts
 */
import {
  AgentRole,
  type AssignedTask,
  type CoordinationOptions,
  MessagePriority,
  readCoordinationOptions,
  SupervisorCoordinator,
  type TaskAssignment,
} from "../agent/mod.ts";
import { explain, PythonWorkerAgent } from "./07_python_worker.ts";

/** What has to be done for each requirement, and by whom it can be. */
const PARTS: Record<string, (idea: string) => TaskAssignment> = {
  api: (idea) => ({
    taskType: "api_development",
    description: `Develop an API for: ${idea}`,
    parameters: { resources: ["book", "loan"] },
    requiredCapabilities: ["python", "api_development"],
    priority: MessagePriority.HIGH,
  }),
  review: (idea) => ({
    taskType: "code_review",
    description: `Review what there is of: ${idea}`,
    parameters: { source: "def lend(book, to={}):\n    if book == None: return eval(to)" },
    requiredCapabilities: ["python", "code_review"],
  }),
  ui: (idea) => ({
    taskType: "ui_development",
    description: `Create a page for: ${idea}`,
    requiredCapabilities: ["javascript", "react"],
    // Nobody here can do it. It waits for somebody who can, but not for ever.
    deadline: new Date(Date.now() + 3_000),
  }),
};

export class BackendSupervisorAgent implements AsyncDisposable {
  readonly #coordinator: SupervisorCoordinator;

  constructor(readonly supervisorId: string, options: CoordinationOptions) {
    this.#coordinator = new SupervisorCoordinator(supervisorId, options);
  }

  async register(): Promise<void> {
    await this.#coordinator.agentRegistry.registerAgent({
      agentId: this.supervisorId,
      agentRole: AgentRole.SUPERVISOR,
      capabilities: ["project_management", "coordination"],
      maxConcurrentTasks: 20,
    });
  }

  /** Assigns a task for each requirement that it knows. */
  async createComprehensiveProject(idea: string, requirements: string[]): Promise<AssignedTask[]> {
    const parts = requirements.flatMap((requirement) => PARTS[requirement] ?? []);
    return await Promise.all(parts.map((part) => this.#coordinator.assignTask(part(idea))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#coordinator[Symbol.asyncDispose]();
  }
}

async function main([idea = "A library for lent books", ...given]: string[]): Promise<void> {
  const options = await readCoordinationOptions();
  await using supervisor = new BackendSupervisorAgent("backend-supervisor-001", options);
  await supervisor.register();
  const stop = new AbortController();
  await using worker = options.useMock ? new PythonWorkerAgent("python-worker-001", options) : undefined;
  const listening = worker?.startListening(stop.signal);
  const requirements = given.length > 0 ? given : Object.keys(PARTS);
  const tasks = await supervisor.createComprehensiveProject(idea, requirements);
  console.log(`"${idea}" is ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}.`);
  for (const task of tasks) {
    const { status, agentId, result, errorMessage } = await task.result();
    console.log(`\n${task.taskId} ${status}${agentId ? ` by ${agentId}` : ""}`);
    console.log(errorMessage ?? result);
  }
  stop.abort();
  await listening;
}

if (import.meta.main) await main(Deno.args).catch(explain);
