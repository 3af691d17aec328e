// Builds the test app, once for all tests of a file.
import type { App } from "fresh";
import { Builder } from "fresh/dev";
import { app as fixture, type State } from "./main.ts";

const outDir = await Deno.makeTempDir({ prefix: "parley-web-" });
globalThis.addEventListener("unload", () => Deno.removeSync(outDir, { recursive: true }));

const apply = await new Builder({ root: import.meta.dirname!, outDir }).build({ snapshot: "memory" });

/** Gives `app` the test app's build, and returns it. */
export function withBuild<T extends Parameters<typeof apply>[0]>(app: T): T {
  apply(app);
  return app;
}

/** Returns the test app. */
export function testApp(): App<State> {
  return withBuild(fixture);
}
