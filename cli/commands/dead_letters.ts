/** `dead-letters`: what was given up, and bringing it back. */
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import { oneLine } from "../format/harmless.ts";
import { tableOf } from "../format/table.ts";
import { timeAgo } from "../format/time.ts";
import type { Workplace } from "../workplace.ts";

export async function deadLetters({ limit }: { limit: number }, { api, screen }: Workplace): Promise<void> {
  const found = await api.list<DeadLetter>("/api/dead-letters", {}, limit);
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("There are no dead letters.");
  const nowMs = Date.now();
  const { width, isColoured } = screen;
  screen.out(tableOf(found.items, [
    { title: "ID", cell: (letter) => letter.id, isWhole: true },
    { title: "QUEUE", cell: (letter) => letter.queue, goes: 2 },
    { title: "CODE", cell: (letter) => letter.code, colour: () => "red", isWhole: true, goes: 3 },
    { title: "AT", cell: ({ at }) => timeAgo(at, nowMs), isWhole: true, goes: 4 },
    { title: "REASON", cell: (letter) => letter.reason, goes: 1 },
    { title: "TEXT", cell: ({ body }) => textIn(body) },
  ], { width, isColoured }));
}

export async function replay(id: string, { api, screen }: Workplace): Promise<void> {
  const answer = await api.post<{ queue: string }>(`/api/dead-letters/${encodeURIComponent(id)}/replay`);
  if (screen.isJson) return screen.document(answer);
  screen.out(`It is back in ${oneLine(answer.queue)}.\n`);
}

export async function remove(id: string, { api, screen }: Workplace): Promise<void> {
  const answer = await api.delete(`/api/dead-letters/${encodeURIComponent(id)}`);
  if (screen.isJson) return screen.document(answer ?? { id });
  screen.out("It is removed.\n");
}

/** Gives the text of a letter that is a message, and else what stands in it. */
function textIn(body: string): string {
  try {
    return String(JSON.parse(body).text_payload ?? body);
  } catch {
    return body;
  }
}
