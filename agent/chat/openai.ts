/** Any server that speaks OpenAI's interface (Ollama, llama.cpp, vLLM, …), by OpenAI's own client. Loaded when wanted. */
import OpenAI, { APIConnectionError, APIError } from "openai";
import { ConfigError } from "../../shared/config.ts";
import type { ChatModel, Turn } from "./model.ts";
import { ModelFailure, type ModelService, reasonIn } from "./model_failure.ts";
import { createChatModel, type Piece, type StreamOptions } from "./model_stream.ts";
import { retryAfterMs } from "./retry.ts";

/** What is said of the server by OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL. */
export interface OpenAiConfig extends StreamOptions {
  /** Where it is, `/v1` included; default OpenAI's own, which needs a key. */
  baseUrl?: string | undefined;
  /** Local servers need none. */
  apiKey?: string | undefined;
  /** Default: the first that the server lists. */
  model?: string | undefined;
}

/** Opens a model; nothing is asked of it yet. Throws `ConfigError` when there is neither an address nor a key. */
export function openOpenAi(config: OpenAiConfig): Promise<ChatModel> {
  if (!config.baseUrl && !config.apiKey) return Promise.reject(new ConfigError(NOTHING_GIVEN));
  const client = new OpenAI({ apiKey: config.apiKey || "none", baseURL: config.baseUrl, maxRetries: 0 });
  const service = serviceOf(client, config);
  const ask = async (turns: Turn[], signal: AbortSignal) => {
    service.model ||= await firstModel(client, signal);
    const messages = turns.map(({ role, text }) => ({ role, content: text }));
    const request = { model: service.model, messages, stream: true } as const;
    return pieces(await client.chat.completions.create(request, { signal }).catch(refuse));
  };
  return Promise.resolve(createChatModel(ask, service, config));
}

const NOTHING_GIVEN =
  "OPENAI_BASE_URL: nothing was given. Allowed is the URL of a compatible server, such as http://localhost:11434/v1; " +
  "without it, OPENAI_API_KEY is needed.";

function serviceOf(client: OpenAI, { model, baseUrl }: OpenAiConfig): ModelService {
  return {
    name: baseUrl ? "The model's server" : "OpenAI",
    url: client.baseURL,
    model: model ?? "",
    variables: { key: "OPENAI_API_KEY", url: "OPENAI_BASE_URL", model: "OPENAI_MODEL" },
  };
}

async function firstModel(client: OpenAI, signal: AbortSignal): Promise<string> {
  const { data } = await client.models.list({ signal }).catch(refuse);
  const first = data?.[0]?.id;
  if (first) return first;
  throw new ModelFailure({ kind: "refused", status: 404, reason: "It lists no models." });
}

async function* pieces(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): AsyncGenerator<Piece> {
  for await (const { choices } of chunks) {
    const choice = choices?.[0];
    if (!choice) continue;
    yield { text: choice.delta?.content ?? "", finished: Boolean(choice.finish_reason) };
  }
}

function refuse(cause: unknown): never {
  if (cause instanceof APIConnectionError) throw new ModelFailure({ kind: "unreachable" }, { cause });
  if (cause instanceof APIError && cause.status) {
    const { status, headers, error } = cause;
    const retryAfter = headers && retryAfterMs(headers, Date.now());
    throw new ModelFailure({ kind: "refused", status, reason: reasonIn(error), retryAfterMs: retryAfter }, {
      cause,
    });
  }
  throw new ModelFailure({ kind: "broken" }, { cause });
}
