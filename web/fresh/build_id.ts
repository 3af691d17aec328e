// The version of what is served: part of every asset's address, so that browsers may keep assets for a year.

/** Names the query parameter that pins an asset to one build; the same as Fresh's own. */
export const ASSET_KEY = "__frsh_c";

let serverBuildId = "";

/** Sets the build that `asset()` speaks of on the server. */
export function setBuildId(id: string): void {
  serverBuildId = id;
}

/** Returns the build of the running server or, in a browser, of the page that was loaded. */
export function buildId(): string {
  if (typeof document === "undefined") return serverBuildId;
  return document.getElementById("__fresh")?.dataset.build ?? "";
}
