// Builds the app and serves it while it is worked on: the entry point `fresh/dev`.
export { Builder, type BuildOptions } from "./builder.ts";
