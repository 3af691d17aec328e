/** What the server says to a request whose refusal a page has to tell from its silence. */
import type { ServerApi } from "./server_api.ts";

/** The status of a refusal for what the request says, such as a cursor that leads nowhere. */
export const INVALID = 422;

/** Asks the server. Gives undefined when it cannot be reached or fails; a refusal is told by its status. */
export async function answerOf<Answer>(
  api: ServerApi,
  path: string,
): Promise<{ status: number; answer?: Answer } | undefined> {
  try {
    const response = await api.forward(path);
    if (response.ok) return { status: response.status, answer: await response.json() };
    await response.body?.cancel();
    return response.status < 500 ? { status: response.status } : undefined;
  } catch { /* a server that is not there is shown as such */ }
}
