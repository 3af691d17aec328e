/** What the server says of itself: what it is, whether it is well, and which queues it has. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { callerOf } from "./caller.ts";
import { answers } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const ENDPOINTS = [
  "GET /",
  "GET /healthz",
  "GET /readyz",
  "GET /metrics",
  "GET /openapi.json",
  "GET /ws",
  "GET /api/stats",
  "GET /api/stats/series",
  "GET /api/errors",
  "GET /api/agents",
  "GET /api/agents/:id",
  "GET /api/agents/:id/history",
  "POST /api/agents/:id/{pause,resume,deregister,reregister}",
  "POST /api/agents/{pause,resume,deregister,reregister}",
  "GET POST /api/agents/:id/commands",
  "GET /api/commands",
  "GET /api/commands/:id",
  "POST /api/commands/:id/{cancel,approve,deny}",
  "GET /api/command-events",
  "GET POST /api/tasks",
  "GET /api/tasks/:id",
  "POST /api/tasks/:id/{cancel,retry}",
  "GET /api/task-events",
  "GET /api/task-types",
  "GET /api/brokers",
  "GET /api/brokers/:id/history",
  "GET /api/messages",
  "POST /api/messages",
  "GET /api/conversations",
  "GET PATCH DELETE /api/conversations/:id",
  "GET /api/conversations/:id/messages",
  "GET /api/queues",
  "POST /api/queues/reset",
  "GET /api/dead-letters",
  "GET DELETE /api/dead-letters/:id",
  "POST /api/dead-letters/:id/replay",
];

const home = createRoute({
  method: "get",
  path: "/",
  responses: answers(
    z.object({
      name: z.string(),
      version: z.string(),
      server_id: z.string(),
      endpoints: z.array(z.string()),
    }),
    "The service.",
  ),
});

const queues = createRoute({
  method: "get",
  path: "/api/queues",
  responses: answers(
    z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.null() }),
    "The queues that this server knows.",
  ),
});

export function addHome(app: OpenAPIHono, options: HttpOptions): void {
  const { serverId: server_id, health, metrics, bus, delivery, authorize } = options;
  const check = async (authorization: string | undefined) =>
    authorize((await callerOf(authorization, delivery)).principal, "read_queues", "*");
  app.openapi(
    home,
    (c) => c.json({ name: "Parley", version: options.version, server_id, endpoints: ENDPOINTS }, 200),
  );
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const [faults, limits] = await Promise.all([health.faults(), health.limits()]);
    if (!isEmpty(faults)) return c.json({ status: "not ready", faults }, 503);
    if (!isEmpty(limits)) return c.json({ status: "degraded", faults, limits }, 200);
    return c.json({ status: "ready", faults }, 200);
  });
  app.get(
    "/metrics",
    async (c) => c.text(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
  app.openapi(queues, async (c) => {
    await check(c.req.header("authorization"));
    const items = (await bus.stats()).map(({ queue, ready, inFlight, consumers }) => ({
      queue,
      ready,
      in_flight: inFlight,
      consumers,
    }));
    return c.json({ items, next_cursor: null }, 200);
  });
}

function isEmpty(faults: object): boolean {
  return Object.keys(faults).length === 0;
}
