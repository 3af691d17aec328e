/** A dead letter's body as people read it: it may be anything, of any length. */

/** The longest body that is set out line by line; a longer one is shown as it stands. */
const MOST_SET_OUT = 100_000;
const DEEPEST = 40;
const OPEN = new Set(["{", "["]);
const CLOSE = new Set(["}", "]"]);

/** What a body says, and whose conversation it belongs to. */
export interface Gist {
  text: string;
  conversationId?: string;
}

/** Takes what a message says from its body, at most `most` characters; of what is no message the body itself. */
export function gistOf(body: string, most: number): Gist {
  const fields = fieldsOf(body);
  const text = textIn(fields, "text_payload") || textIn(fields, "description") || body;
  return {
    text: text.slice(0, most).toWellFormed(),
    conversationId: textIn(fields, "conversation_id") || undefined,
  };
}

/** Sets JSON out line by line, and changes nothing else about it; gives anything else as it is. */
export function setOut(body: string): string {
  if (body.length > MOST_SET_OUT || !isJson(body)) return body;
  const tokens = tokensOf(body);
  let [out, depth] = ["", 0];
  const line = () => "\n" + "  ".repeat(Math.min(depth, DEEPEST));
  for (const [index, token] of tokens.entries()) {
    if (OPEN.has(token)) {
      depth++;
      out += CLOSE.has(tokens[index + 1]!) ? token : token + line();
    } else if (CLOSE.has(token)) {
      depth--;
      out += OPEN.has(tokens[index - 1]!) ? token : line() + token;
    } else out += token === "," ? token + line() : token === ":" ? ": " : token;
  }
  return out;
}

/** Takes JSON apart: brackets, commas, colons, texts with their quotes, and words. */
function tokensOf(json: string): string[] {
  const tokens: string[] = [];
  const word = /\s+|[[\]{}:,]|[^\s[\]{}:,"]+/y;
  for (let at = 0; at < json.length;) {
    const end = json[at] === '"'
      ? endOfText(json, at)
      : (word.lastIndex = at, word.test(json), word.lastIndex);
    const token = json.slice(at, end);
    if (token.trim()) tokens.push(token);
    at = end;
  }
  return tokens;
}

/** A text ends at a quote that no backslash escapes. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const fields = JSON.parse(body);
    return typeof fields === "object" && fields !== null ? fields : {};
  } catch {
    return {};
  }
}

function textIn(fields: Record<string, unknown>, name: string): string {
  return Object.hasOwn(fields, name) && typeof fields[name] === "string" ? fields[name] : "";
}
