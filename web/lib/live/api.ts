/** What a page asks of the server over HTTP, by way of its own origin. */

/** Why something was not done: `reason` is for people; `status` is 0 where the server was not reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  /** `retryAfterMs`: when the server wants to be asked again, where it says. */
  constructor(
    readonly status: number,
    readonly code: string,
    reason: string,
    readonly retryAfterMs?: number,
  ) {
    super(reason);
  }
}

export interface AskOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

/** Asks for `path`, such as `/api/agents`, and gives the answer's JSON (undefined for an empty one). Throws `ApiError`. */
export async function ask<Answer>(path: string, { method, body, signal }: AskOptions = {}): Promise<Answer> {
  const response = await reached(path, {
    method,
    signal,
    ...(body === undefined ? {} : {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new ApiError(
    response.status,
    answer?.code ?? "",
    answer?.detail ?? answer?.title ?? response.statusText,
    answer?.retry_after_ms,
  );
}

async function reached(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unavailable", "");
  }
}
