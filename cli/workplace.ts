/** What every command is given to work with. */
import type { Api } from "./api.ts";
import type { CliConfig } from "./config.ts";
import type { Screen } from "./screen.ts";

export interface Workplace {
  config: CliConfig;
  api: Api;
  screen: Screen;
  /** Where files are that the command line names. */
  directory: string;
  /** Aborts with Ctrl-C. */
  signal: AbortSignal;
}
