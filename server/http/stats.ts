/** `/api/stats`: what this server counts, now and over the last quarter of an hour. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { BACKENDS } from "../figures/backends.ts";
import { INTERVAL_MS } from "../figures/sampler.ts";
import { callerOf } from "./caller.ts";
import { answers } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const count = z.int().min(0);
const counts = z.record(z.string(), count);
const backend = z.enum(BACKENDS);

const statsSchema = z.object({
  server_id: z.string(),
  version: z.string(),
  started_at: z.string(),
  uptime_s: count,
  backends: z.object({ bus: backend, store: backend }),
  messages: z.object({
    accepted: count,
    routed: count,
    delivered: count,
    waiting: count,
    dead_letters: count,
  }),
  errors: counts,
  commands: z.object({ open: counts, ended: counts }),
  tasks: z.object({ waiting: count, held: count, ended: counts }),
  sockets: counts,
  agents: z.object({ known: count, online: count }),
  brokers: z.object({ online: count }),
  memory_bytes: count,
}).openapi("Stats");

const pointSchema = z.object({
  at: z.string(),
  accepted: count,
  delivered: count,
  dead_letters: count,
  errors: count,
  tasks_ended: count,
  commands_ended: count,
  round_trip_p50_ms: z.number().nullable(),
  round_trip_p95_ms: z.number().nullable(),
  agents_online: count,
  tasks_waiting: count,
  tasks_held: count,
  messages_waiting: count,
  memory_bytes: count,
  queues: counts.nullable(),
}).openapi("StatsPoint");

const stats = createRoute({
  method: "get",
  path: "/api/stats",
  responses: answers(statsSchema, "Figures of this server."),
});

const series = createRoute({
  method: "get",
  path: "/api/stats/series",
  request: {
    query: z.object({
      since: z.iso.datetime({
        offset: true,
        error: "Allowed is an ISO 8601 time such as 2026-01-31T12:00:00Z",
      }).optional(),
    }),
  },
  responses: answers(
    z.object({ interval_ms: z.int(), points: z.array(pointSchema) }),
    "Figures of this server over the last 15 minutes, oldest first; those after `since` alone.",
  ),
});

export function addStats(app: OpenAPIHono, options: HttpOptions): void {
  const { delivery, authorize, sampler } = options;
  const check = async (authorization: string | undefined) =>
    authorize((await callerOf(authorization, delivery)).principal, "read_queues", "*");
  app.openapi(stats, async (c) => {
    await check(c.req.header("authorization"));
    return c.json(figuresOf(options), 200);
  });
  app.openapi(series, async (c) => {
    await check(c.req.header("authorization"));
    const points = sampler.points(c.req.valid("query").since);
    return c.json({ interval_ms: INTERVAL_MS, points }, 200);
  });
}

function figuresOf(options: HttpOptions): z.infer<typeof statsSchema> {
  const { serverId, version, startedAt, backends, metrics, edge, roster, center, tasks } = options;
  const { accepted, routed, delivered, waiting, deadLetters, errors } = metrics.delivery;
  const { agentsKnown, agentsOnline, brokersOnline } = roster.figures();
  return {
    server_id: serverId,
    version,
    started_at: startedAt,
    uptime_s: Math.round(performance.now() / 1000),
    backends,
    messages: { accepted, routed, delivered, waiting, dead_letters: deadLetters },
    errors: Object.fromEntries(errors),
    commands: center.figures(),
    tasks: tasks.figures(),
    sockets: edge.count(),
    agents: { known: agentsKnown, online: agentsOnline },
    brokers: { online: brokersOnline },
    memory_bytes: Deno.memoryUsage().rss,
  };
}
