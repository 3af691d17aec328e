/** Mistral's models, by Mistral's own client, of which only the one function is loaded; and that only when it is wanted. */
import { MistralCore } from "@mistralai/mistralai/core";
import { chatStream } from "@mistralai/mistralai/funcs/chatStream";
import type { CompletionChunk, DeltaMessage } from "@mistralai/mistralai/models/components";
import { HTTPClientError, MistralError } from "@mistralai/mistralai/models/errors";
import { ConfigError } from "../../shared/config.ts";
import type { ChatModel, Turn } from "./model.ts";
import { ModelFailure, type ModelService, reasonIn } from "./model_failure.ts";
import { createChatModel, type Piece, type StreamOptions } from "./model_stream.ts";
import { retryAfterMs } from "./retry.ts";

const DEFAULT_MODEL = "mistral-small-latest";
const DEFAULT_URL = "https://api.mistral.ai";

/** What is said of Mistral by MISTRAL_API_KEY, MISTRAL_MODEL and MISTRAL_BASE_URL. */
export interface MistralConfig extends StreamOptions {
  apiKey: string | undefined;
  /** Default `mistral-small-latest`. */
  model?: string | undefined;
  /** Default Mistral's own; with or without `/v1`. */
  baseUrl?: string | undefined;
}

/** Opens a Mistral model; nothing is asked of it yet. Throws `ConfigError` when there is no key. */
export function openMistral(config: MistralConfig): Promise<ChatModel> {
  if (!config.apiKey) {
    const fault = "MISTRAL_API_KEY: nothing was given. Allowed is a key from Mistral's console.";
    return Promise.reject(new ConfigError(fault));
  }
  const service = serviceOf(config);
  const client = new MistralCore({
    apiKey: config.apiKey,
    serverURL: service.url,
    retryConfig: { strategy: "none" },
  });
  const ask = async (turns: Turn[], signal: AbortSignal) => {
    const request = { model: service.model, messages: turns.map(toMessage) };
    // Its timeout would cover the whole answer; a signal of our own takes its place.
    const result = await chatStream(client, request, { signal });
    return result.ok ? pieces(result.value) : refuse(result.error);
  };
  return Promise.resolve(createChatModel(ask, service, config));
}

function serviceOf({ model, baseUrl }: MistralConfig): ModelService {
  return {
    name: "Mistral",
    // The client adds /v1 itself.
    url: (baseUrl ?? DEFAULT_URL).replace(/(\/v1)?\/*$/, ""),
    model: model ?? DEFAULT_MODEL,
    variables: { key: "MISTRAL_API_KEY", url: "MISTRAL_BASE_URL", model: "MISTRAL_MODEL" },
  };
}

function toMessage({ role, text }: Turn) {
  return { role, content: text };
}

async function* pieces(events: AsyncIterable<{ data: CompletionChunk }>): AsyncGenerator<Piece> {
  for await (const { data } of events) {
    const choice = data.choices[0];
    if (!choice) continue;
    if (choice.finishReason === "error") throw new ModelFailure({ kind: "broken" });
    yield { text: textOf(choice.delta), finished: Boolean(choice.finishReason) };
  }
}

/** Reasoning models send lists of parts, of which only the text is for the reader. */
function textOf({ content }: DeltaMessage): string {
  if (!Array.isArray(content)) return content ?? "";
  return content.map((part) => part.type === "text" ? part.text : "").join("");
}

function refuse(cause: unknown): never {
  if (cause instanceof MistralError && cause.statusCode >= 400) {
    const { statusCode: status, headers, body } = cause;
    const retryAfter = retryAfterMs(headers, Date.now());
    throw new ModelFailure({
      kind: "refused",
      status,
      reason: reasonIn(parsed(body)),
      retryAfterMs: retryAfter,
    }, { cause });
  }
  if (cause instanceof HTTPClientError) throw new ModelFailure({ kind: "unreachable" }, { cause });
  throw new ModelFailure({ kind: "broken" }, { cause });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
