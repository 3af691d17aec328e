/** Dead letters as pages carry them: without their bodies in lists, and with as much of one as is shown at first. */

export interface LetterItem {
  id: string;
  queue: string;
  code: string;
  reason: string;
  at: string;
  /** The beginning of what it says. */
  gist: string;
}

/** What a list is narrowed to. */
export interface LetterFilter {
  q?: string;
  queue?: string;
}

export interface LetterList {
  now: number;
  filter: LetterFilter;
  /** Whether this is the page of the newest. */
  isFirst: boolean;
  /** Undefined where the server did not answer. */
  items?: readonly LetterItem[];
  /** The server knows no page of this address. */
  isGone: boolean;
  nextCursor: string | null;
  /** Names of queues to choose from. */
  queues: readonly string[];
}

export interface WholeLetter extends Omit<LetterItem, "gist"> {
  /** The body, set out to be read. */
  text: string;
  /** Whether `text` is only its beginning. */
  isCut: boolean;
  conversationId?: string;
}

export interface LetterPage {
  now: number;
  id: string;
  /** Undefined where the server did not answer, or `isUnknown`. */
  letter?: WholeLetter;
  isUnknown: boolean;
}

/** Gives the address of a list. */
export function listAddress(filter: LetterFilter, cursor?: string | null): string {
  const query = new URLSearchParams({ ...filter, ...(cursor ? { cursor } : {}) }).toString();
  return "/system/dead-letters" + (query && `?${query}`);
}

/** Gives the address of a dead letter's page. */
export function letterAddress(id: string): string {
  return `/system/dead-letters/${encodeURIComponent(id)}`;
}

/** Gives the server's path of a dead letter. */
export function letterPath(id: string): string {
  return `/api/dead-letters/${encodeURIComponent(id)}`;
}
