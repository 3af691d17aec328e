/** On which machine a process runs, as people are shown it. */

/** Names this machine, or nobody where the permission to ask is missing. */
export function hostname(): string {
  try {
    return Deno.hostname();
  } catch {
    return "";
  }
}
