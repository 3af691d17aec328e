/** From a configuration to a model; the code of each, and its maker's library, is loaded only when it is wanted. */
import type { MistralConfig } from "./mistral.ts";
import type { ChatModel } from "./model.ts";
import type { OpenAiConfig } from "./openai.ts";

/** Which model is meant: Mistral's, or one behind an OpenAI-compatible server. */
export type ModelConfig = { mistral: MistralConfig } | { openai: OpenAiConfig };

/**
 * Opens a model; nothing is asked of it yet. Throws `ConfigError` when something that it needs is missing.
 *
 * @example
 * const model = await openModel({ openai: { baseUrl: "http://localhost:11434/v1", model: "llama3.2" } });
 * agent.onMessage(modelHandler(model, { systemPrompt: "You are {name}." }));
 */
export async function openModel(config: ModelConfig): Promise<ChatModel> {
  if ("mistral" in config) return await (await import("./mistral.ts")).openMistral(config.mistral);
  return await (await import("./openai.ts")).openOpenAi(config.openai);
}
