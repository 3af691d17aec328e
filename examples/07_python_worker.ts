/**
 * A worker with Python's skills: it registers what it can do, and works on the tasks that supervisors give it.
 *
 *   deno run -A examples/07_python_worker.ts                                     beside `deno task start`
 *   AGENT_COMMUNICATION_MODE=mock deno run -A examples/07_python_worker.ts       alone: it gives itself a task
 *
 * `06_project_supervisor.ts` gives it tasks.
 */
import {
  type AgentMessage,
  AgentRegistry,
  AgentRole,
  type CoordinationOptions,
  MessageQueueManager,
  MessageType,
  ParleyError,
  readCoordinationOptions,
  SupervisorCoordinator,
  type TaskRequest,
  taskRequestOf,
  taskResponseTo,
} from "../agent/mod.ts";

export class PythonWorkerAgent implements AsyncDisposable {
  readonly #registry: AgentRegistry;
  readonly #queue: MessageQueueManager;

  constructor(readonly agentId: string, options: CoordinationOptions) {
    this.#registry = new AgentRegistry(options);
    this.#queue = new MessageQueueManager(options);
  }

  /** Works on one task after another until `signal` aborts. */
  async startListening(signal?: AbortSignal): Promise<void> {
    await this.#registry.registerAgent({
      agentId: this.agentId,
      agentRole: AgentRole.WORKER,
      capabilities: ["python", "fastapi", "postgresql", "testing", "api_development", "code_review"],
      maxConcurrentTasks: 3,
    });
    const types = [MessageType.TASK_REQUEST];
    for await (const message of this.#queue.messages(this.agentId, { types, signal })) {
      await this.processTask(message);
    }
  }

  /** Works on one task, and tells whoever asked what came of it. */
  async processTask(message: AgentMessage): Promise<void> {
    const task = taskRequestOf(message);
    console.log(`${this.agentId} works on ${task.taskType}: ${task.description}`);
    try {
      const result = executeTask(task);
      await this.#queue.sendMessage(taskResponseTo(message, this.agentId, { status: "completed", result }));
    } catch (thrown) {
      const { code, message: errorMessage } = ParleyError.from(thrown);
      await this.#queue.sendMessage(
        taskResponseTo(message, this.agentId, { status: "failed", code, errorMessage }),
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
    await this.#registry[Symbol.asyncDispose]();
  }
}

/** Does what a task asks for. */
function executeTask({ taskType, parameters }: TaskRequest): unknown {
  switch (taskType) {
    case "api_development":
      return developApi(namesIn(parameters.resources ?? ["item"]));
    case "code_review":
      return reviewCode(String(parameters.source ?? ""));
    default:
      throw new ParleyError("invalid_message", `A task of type '${taskType}' is not what I can do.`);
  }
}

/** Writes a FastAPI application with one router for each resource, its tables, and a test. */
function developApi(resources: string[]): { files: Record<string, string>; endpoints: string[] } {
  return {
    files: {
      "main.py": [
        "from fastapi import FastAPI, HTTPException",
        "",
        "app = FastAPI()",
        ...resources.map(routesOf),
      ]
        .join("\n"),
      "schema.sql": resources.map((name) =>
        `create table ${name} (id bigint generated always as identity primary key, body jsonb not null);`
      ).join("\n"),
      "test_main.py": [
        "from fastapi.testclient import TestClient",
        "from main import app",
        ...resources.map(testOf),
      ]
        .join("\n"),
    },
    endpoints: resources.flatMap((name) => [`GET /${name}/{id}`, `POST /${name}`]),
  };
}

function routesOf(name: string): string {
  return `
${name}s: list[dict] = []

@app.get("/${name}/{id}")
def get_${name}(id: int) -> dict:
    if not 0 <= id < len(${name}s):
        raise HTTPException(404, "There is no such ${name}.")
    return ${name}s[id]

@app.post("/${name}", status_code=201)
def create_${name}(body: dict) -> dict:
    ${name}s.append(body)
    return {"id": len(${name}s) - 1}`;
}

function testOf(name: string): string {
  return `
def test_${name}():
    client = TestClient(app)
    id = client.post("/${name}", json={"a": 1}).json()["id"]
    assert client.get(f"/${name}/{id}").json() == {"a": 1}`;
}

const HABITS: [RegExp, string][] = [
  [/^\s*except\s*:/, "catches everything, also what should end the program"],
  [/def \w+\(.*=\s*(\[\]|\{\})/, "has one default for all calls: it is changed by each"],
  [/\b(eval|exec)\(/, "runs whatever text it is given"],
  [/==\s*None|!=\s*None/, "compares with None: write 'is None'"],
];

/** Finds what reviewers of Python most often find. */
function reviewCode(source: string): { line: number; finding: string }[] {
  return source.split("\n").flatMap((text, index) =>
    HABITS.filter(([pattern]) => pattern.test(text)).map(([, finding]) => ({ line: index + 1, finding }))
  );
}

/** Names go into programs, so that nothing but names may be one. */
function namesIn(given: unknown): string[] {
  const names = Array.isArray(given) ? given.map(String) : [];
  if (names.length > 0 && names.every((name) => /^[a-z][a-z0-9_]{0,40}$/.test(name))) return names;
  throw new ParleyError("invalid_message", "Parameter 'resources': a list of lower-case names.");
}

/** Without anybody else there, the worker has somebody to work for. */
async function reviewSomething(options: CoordinationOptions): Promise<void> {
  await using coordinator = new SupervisorCoordinator("supervisor-of-one", options);
  const task = await coordinator.assignTask({
    taskType: "code_review",
    description: "Review a function of three lines",
    parameters: { source: "def add(item, to=[]):\n    try: to.append(eval(item))\n    except: pass" },
    requiredCapabilities: ["python", "code_review"],
  });
  const { status, result } = await task.result();
  console.log(status, result);
}

async function main(): Promise<void> {
  const options = await readCoordinationOptions();
  await using worker = new PythonWorkerAgent("python-worker-001", options);
  const stop = new AbortController();
  const end = () => stop.abort();
  Deno.addSignalListener("SIGINT", end);
  const listening = worker.startListening(stop.signal);
  if (options.useMock) await reviewSomething(options).finally(end);
  await listening;
  Deno.removeSignalListener("SIGINT", end);
}

/** Says in one line what to do where there is no server. */
export function explain(thrown: unknown): never {
  if (!(thrown instanceof ParleyError) || thrown.code !== "unavailable") throw thrown;
  console.error(`${thrown.message} Start one with 'deno task start', or set AGENT_COMMUNICATION_MODE=mock.`);
  Deno.exit(1);
}

if (import.meta.main) await main().catch(explain);
