/** What every request carries, and the functions that make TypeScript know it. */
import { createDefine } from "fresh";
import type { ServerApi } from "./lib/server_api.ts";
import type { SocketProxy } from "./lib/socket_proxy.ts";

export interface State {
  api: ServerApi;
  sockets: SocketProxy;
}

export const define = createDefine<State>();
