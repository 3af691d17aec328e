/** What every request carries, and the functions that make TypeScript know it. */
import { createDefine } from "fresh";
import type { ServerApi } from "./lib/server/server_api.ts";
import type { Language } from "./lib/texts/texts.ts";
import type { SocketProxy } from "./lib/server/socket_proxy.ts";

export interface State {
  api: ServerApi;
  sockets: SocketProxy;
  /** The language of whoever asks. */
  language: Language;
}

export const define = createDefine<State>();
