/** The built-in agents: what each is for, and how it is opened. A kind's code is loaded only when it is chosen. */
import { ONLY_WHEN_NAMED } from "../../shared/model/agent.ts";
import type { Agent } from "../agent.ts";
import type { MessageHandler } from "../context.ts";
import { modelHandler } from "./model_agent.ts";
import { type ModelConfig, openModel } from "./open_model.ts";

/** What opening a kind may need. */
export interface KindConfig {
  MISTRAL_API_KEY?: string | undefined;
  MISTRAL_MODEL?: string | undefined;
  MISTRAL_BASE_URL?: string | undefined;
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  OPENAI_MODEL?: string | undefined;
  /** Where the server's HTTP interface is, without a slash at the end. */
  apiUrl: string;
  dashboardUrl: string;
  /** What may run here, one line each. */
  allowed: readonly string[];
}

export interface ChatKind {
  name: string;
  role: string;
  capabilities: readonly string[];
  /** One line for `--help`. */
  describe: string;
  /** Makes the handler. Throws `ConfigError` when a variable that it needs is missing. */
  open(config: KindConfig): Promise<MessageHandler>;
  /** Has the agent take the tasks that such an agent works on. */
  takeTasks?(agent: Agent): Promise<void>;
}

const SYSTEM_PROMPT = "You are {name}, an assistant in Parley, a hub where people and agents talk. " +
  "Answer in the language you are asked in, to the point, in Markdown where it helps. " +
  "Say so when you do not know something.";

export const KINDS = {
  guide: {
    name: "guide",
    role: "guide",
    capabilities: ["chat", "help", "status"],
    describe: "answers about this running system; needs no model",
    async open({ apiUrl, dashboardUrl }) {
      const { guideHandler } = await import("../guide/guide.ts");
      return guideHandler({ apiUrl, dashboardUrl });
    },
  },
  echo: {
    name: "echo",
    role: "tester",
    capabilities: ["chat", "echo", ONLY_WHEN_NAMED],
    describe: "says the same again; answers only when it is named",
    async open() {
      return (await import("./echo.ts")).echo;
    },
    async takeTasks(agent) {
      (await import("./echo_task.ts")).takeEchoTasks(agent);
    },
  },
  mistral: {
    name: "mistral",
    role: "assistant",
    capabilities: ["chat", "reasoning"],
    describe: "asks Mistral; needs MISTRAL_API_KEY (MISTRAL_MODEL)",
    async open({ MISTRAL_API_KEY: apiKey, MISTRAL_MODEL: model, MISTRAL_BASE_URL: baseUrl }) {
      return await answering({ mistral: { apiKey, model, baseUrl } });
    },
  },
  openai: {
    name: "openai",
    role: "assistant",
    capabilities: ["chat", "reasoning"],
    describe: "asks any OpenAI-compatible server; needs OPENAI_BASE_URL or OPENAI_API_KEY (OPENAI_MODEL)",
    async open({ OPENAI_API_KEY: apiKey, OPENAI_MODEL: model, OPENAI_BASE_URL: baseUrl }) {
      return await answering({ openai: { apiKey, model, baseUrl } });
    },
  },
  command: {
    name: "command",
    role: "worker",
    capabilities: ["commands", ONLY_WHEN_NAMED],
    describe: "runs the commands that --allow-command or --command-policy allow, and does not chat",
    async open({ allowed }) {
      return (await import("../command/say.ts")).sayWhatMayRun(allowed);
    },
  },
} as const satisfies Record<string, ChatKind>;

async function answering(config: ModelConfig): Promise<MessageHandler> {
  return modelHandler(await openModel(config), { systemPrompt: SYSTEM_PROMPT });
}

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/** Tells whether there is a kind of this name. */
export function isKind(name: string): name is KindName {
  return Object.hasOwn(KINDS, name);
}

/** Gives a kind by its name. */
export function kindOf(name: KindName): ChatKind {
  return KINDS[name];
}

/** Lists the kinds, one line each. */
export function describeKinds(): string {
  return KIND_NAMES.map((name) => `  ${name.padEnd(8)} ${KINDS[name].describe}`).join("\n");
}
