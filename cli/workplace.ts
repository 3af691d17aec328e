/** What every command is given to work with. */
import type { Api } from "./api.ts";
import type { CliConfig } from "./config.ts";
import type { Screen } from "./screen.ts";

export interface Workplace {
  config: CliConfig;
  api: Api;
  screen: Screen;
  /** Aborts with Ctrl-C. */
  signal: AbortSignal;
}
