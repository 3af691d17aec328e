/** Asking a real server over HTTP, for tests. */
import type { Frame } from "../../testing/client.ts";
import type { Hub } from "../../testing/hub.ts";

const JSON_BODY = { "content-type": "application/json" };

/** Asks `route`, such as `GET /api/tasks`, with a body of JSON (a text is sent as it is), and reads the answer's. */
export async function askFor<Body>(
  hub: Hub,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const [method, path] = route.split(" ");
  const json = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const type = body === undefined ? {} : JSON_BODY;
  const response = await fetch(`${hub.http}${path}`, {
    method: method!,
    headers: { ...type, ...headers },
    ...json,
  });
  return { status: response.status, body: await response.json() };
}

/** Shows the session of a frontend that is connected. */
export function bearer({ registration }: { registration: Frame }): { authorization: string } {
  return { authorization: `Bearer ${registration.session_token}` };
}
