/** `GET /api/command-events`: what happens to commands and what they print, for whoever reads a stream of HTTP. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { callerOf } from "./caller.ts";
import { EventFeed } from "./event_feed.ts";
import type { HttpOptions } from "./server.ts";

const id = z.string().min(1).max(100).optional();

const events = createRoute({
  method: "get",
  path: "/api/command-events",
  request: {
    query: z.object({
      command: id.openapi({ description: "This command alone." }),
      agent: id.openapi({ description: "The commands of this agent alone." }),
    }),
  },
  responses: {
    200: {
      description:
        "At first a COMMAND_UPDATE for the command, or for each that has not ended; then one at each " +
        "change, and COMMAND_OUTPUT as it prints.",
      content: { "text/event-stream": { schema: z.string() } },
    },
  },
});

export function addCommandEvents(app: OpenAPIHono, options: HttpOptions): void {
  const { center, delivery, authorize, closing } = options;
  app.openapi(events, async (c) => {
    const { principal } = await callerOf(c.req.header("authorization"), delivery);
    const { command: commandId, agent: agentId } = c.req.valid("query");
    authorize(principal, "read_commands", commandId ?? agentId ?? "*");
    if (commandId !== undefined) await center.get(principal, commandId);
    const first = commandId === undefined ? await center.openIds(principal, agentId) : [commandId];
    const feed = new EventFeed((frame: string) => frame);
    feed.begin((sink) => center.watchers.add(principal, { commandId, agentId }, sink, first), closing);
    return c.body(feed.stream, 200, EventFeed.HEADERS);
  });
}
