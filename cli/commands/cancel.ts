/** `cancel`: ends a command that waits or runs. */
import type { Workplace } from "../workplace.ts";

export async function cancel(id: string, { api, screen }: Workplace): Promise<void> {
  const answer = await api.post(`/api/commands/${encodeURIComponent(id)}/cancel`);
  if (screen.isJson) screen.document(answer);
  else screen.out("It is told to end. `commands` shows when it has.\n");
}
