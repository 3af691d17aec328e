/** The fault of a configuration, by itself: what `config.ts` is made of may say it, too. */

/** Says what is wrong with the configuration, one line a fault; the process that sees it exits with 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
