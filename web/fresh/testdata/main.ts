// A small app for the tests: every feature a page can have, under the strictest content security policy.
import { App, csp, HttpError, staticFiles } from "fresh";

export interface State {
  trail: string[];
}

export const app = new App<State>()
  .use(csp({ useNonce: true, csp: ["default-src 'self'", "script-src 'self'", "style-src 'self'"] }))
  .use(staticFiles())
  .get("/api/boom", () => {
    throw new HttpError(418, "short and stout");
  })
  .ws("/echo", { message: (socket, event) => socket.send(event.data) })
  .fsRoutes();
