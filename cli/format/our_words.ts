/** What the server advises in the words of HTTP, in those of the command line. */

const WORDS: [RegExp, string][] = [
  [/GET \/api\/(agents|brokers|commands|dead-letters)\b/g, "`$1`"],
  [/POST \/api\/agents\/:id\/(pause|resume|deregister|reregister)\b/g, "`$1 NAME`"],
  [/Send the command with if_offline 'wait'/g, "Use --wait"],
];

/** Gives `sentence` with what is to be done as it is typed here. */
export function inOurWords(sentence: string): string {
  return WORDS.reduce((text, [theirs, ours]) => text.replace(theirs, ours), sentence);
}
