/** What of this machine's environment reaches the processes that tests start: what programs need to run, and no more. */

const NEEDED = ["PATH", "HOME", "TMPDIR", "LANG", "XDG_CACHE_HOME"];
/** Where packages come from, and how that is reached and trusted. */
const FOR_PACKAGES =
  /^(DENO_(DIR|CERT|TLS_CA_STORE)|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NPM_CONFIG_.*|(HTTPS?|NO|ALL)_PROXY)$/i;

/** Gives those of this process's variables that a process needs which may have packages to load. */
export function inherited(): Record<string, string> {
  const entries = Object.entries(Deno.env.toObject());
  return Object.fromEntries(entries.filter(([name]) => NEEDED.includes(name) || FOR_PACKAGES.test(name)));
}
