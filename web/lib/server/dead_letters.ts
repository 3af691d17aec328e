/** Dead letters for the first paint: cut to what is shown of them, since each may have a mebibyte. */
import type { DeadLetter } from "../../../shared/model/dead_letter.ts";
import type { Queue } from "../system/figures.ts";
import { gistOf, setOut } from "../system/letter.ts";
import { type LetterItem, type LetterList, type LetterPage, letterPath } from "../system/letter_item.ts";
import { grouped } from "../system/queues.ts";
import { answerOf, INVALID } from "./answer.ts";
import type { Listed, ServerApi } from "./server_api.ts";

const PER_PAGE = 25;
/** Characters that the server searches for at most. */
const MOST_WORDS = 200;
const MOST_GIST = 300;
const MOST_REASON = 1_000;
/** Characters of a queue's name or a code: who gives something up may say anything. */
const MOST_NAME = 200;
/** Characters of a body that are shown before anybody asks for more. */
const MOST_BODY = 20_000;
/** The queue of tasks that have failed, which the bus does not know. */
const TASKS = "tasks";

/** Reads the page of the list that an address means. */
export async function readLetters(api: ServerApi, address: URLSearchParams): Promise<LetterList> {
  const words = (address.get("q") ?? "").trim().slice(0, MOST_WORDS);
  const queue = (address.get("queue") ?? "").trim().slice(0, MOST_WORDS);
  const cursor = address.get("cursor") ?? "";
  const filter = { ...(words && { q: words }), ...(queue && { queue }) };
  const query = new URLSearchParams({ limit: String(PER_PAGE), ...filter, ...(cursor && { cursor }) });
  const [page, queues] = await Promise.all([
    answerOf<Listed<DeadLetter>>(api, `api/dead-letters?${query}`),
    api.read<Listed<Queue>>("api/queues"),
  ]);
  return {
    now: Date.now(),
    filter,
    isFirst: !cursor,
    items: page?.answer?.items.map(itemOf),
    isGone: page?.status === INVALID,
    nextCursor: page?.answer?.next_cursor ?? null,
    queues: namesOf(queues?.items ?? []),
  };
}

/** Reads one dead letter. */
export async function readLetter(api: ServerApi, id: string): Promise<LetterPage> {
  const found = await answerOf<DeadLetter>(api, letterPath(id).slice(1));
  const page = { now: Date.now(), id, isUnknown: found?.status === 404 };
  if (!found?.answer) return page;
  const text = setOut(found.answer.body);
  const { conversationId } = gistOf(found.answer.body, 0);
  const isCut = text.length > MOST_BODY;
  const letter = { ...headOf(found.answer, MOST_BODY), conversationId, text: cut(text, MOST_BODY), isCut };
  return { ...page, letter };
}

function itemOf(letter: DeadLetter): LetterItem {
  return { ...headOf(letter, MOST_REASON), gist: gistOf(letter.body, MOST_GIST).text };
}

function headOf({ id, queue, code, reason, at }: DeadLetter, mostReason: number): Omit<LetterItem, "gist"> {
  return {
    id,
    queue: cut(queue, MOST_NAME),
    code: cut(code, MOST_NAME),
    reason: cut(reason, mostReason),
    at,
  };
}

function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}

function namesOf(queues: readonly Queue[]): string[] {
  const { shared, agents } = grouped(queues);
  return [TASKS, ...[...shared, ...agents].map(({ queue }) => queue)].slice(0, 100);
}
