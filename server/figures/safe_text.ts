/** What went wrong, in words that may be shown: short, and without what a driver's own words may hold. */

const MOST_CHARACTERS = 500;
/** So much is looked through at most: what is cut off need not be. */
const LOOKED_THROUGH = 4 * MOST_CHARACTERS;

/** What stands before the `@` of an address: a user and a password. */
const USER_INFO = /:\/\/\S*@/g;
const NAMED =
  /((?:passw(?:or)?d|pwd|secret|token|(?:api|access|account)[-_]?key|authorization)\w*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|(?:(?:Bearer|Basic)\s+)?[^\s;&"']+)/gi;
const BEARER = /\b(Bearer|Basic)\s+\S+/g;

/** Gives a sentence without passwords and tokens that can be told as such, cut at 500 characters. */
export function safeText(text: string): string {
  const told = text.slice(0, LOOKED_THROUGH).replace(USER_INFO, "://…@").replace(NAMED, "$1…")
    .replace(BEARER, "$1 …");
  const isLong = told.length > MOST_CHARACTERS || text.length > LOOKED_THROUGH;
  return (isLong ? `${told.slice(0, MOST_CHARACTERS - 1)}…` : told).toWellFormed();
}
