/** `/api/agents/:id/history` and `/api/brokers/:id/history`: who was there when, and why that changed. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ParleyError } from "../../shared/error.ts";
import type { Availability, PresenceChange } from "../../shared/model/presence.ts";
import type { HistoryStore } from "../../shared/store/store.ts";
import { availabilityOf, type Period } from "../presence/availability.ts";
import { callerOf } from "./caller.ts";
import { answers, pageOf, pageQuery } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const PAGE = 500;

const time = z.iso.datetime({
  offset: true,
  error: "Allowed is an ISO 8601 time such as 2026-01-31T12:00:00Z",
});
const historyQuery = pageQuery.extend({ from: time.optional(), to: time.optional() });

const changeSchema = z.object({
  at: z.string(),
  status: z.string(),
  is_online: z.boolean(),
  reason: z.string(),
}).openapi("PresenceChange");

const availabilitySchema = z.object({
  from: z.string(),
  to: z.string(),
  online_ms: z.int(),
  known_ms: z.int(),
  ratio: z.number().nullable(),
}).openapi("Availability");

const historySchema = pageOf(changeSchema).extend({ availability: availabilitySchema.nullable() });

const routeOf = (kind: "agents" | "brokers") =>
  createRoute({
    method: "get",
    path: `/api/${kind}/{id}/history`,
    request: { params: z.object({ id: z.string() }), query: historyQuery },
    responses: answers(
      historySchema,
      "Changes of presence, newest first, and how much of the period (a day unless `from` and `to` say otherwise) it was online: on the first page alone, null on those of a `cursor`.",
    ),
  });

export function addHistory(app: OpenAPIHono, { roster, store, delivery, authorize }: HttpOptions): void {
  const principal = delivery.context.server;
  for (const kind of ["agents", "brokers"] as const) {
    app.openapi(routeOf(kind), async (c) => {
      const { id } = c.req.valid("param");
      const { from, to, ...page } = c.req.valid("query");
      authorize((await callerOf(c.req.header("authorization"), delivery)).principal, "read_roster", id);
      const period = periodOf(from, to, Date.now());
      await roster.history.kept();
      const asked = { ...page, from: from && iso(period.from), to: to && iso(period.to) };
      const { items, next_cursor } = await store.history.list(principal, id, asked);
      const isKnown = kind === "agents" ? roster.get(id) : roster.brokers.find(id);
      const isOther = items[0] !== undefined && `${items[0].kind}s` !== kind;
      if (isOther || (!isKnown && items.length === 0 && !page.cursor)) {
        throw new ParleyError(
          "not_found",
          `Nothing is known of '${id}'. GET /api/${kind} lists who there is.`,
        );
      }
      const availability = page.cursor ? null : await measure(store.history, { principal, id, period });
      return c.json({ items: items.map(shown), next_cursor, availability }, 200);
    });
  }
}

/** Reads the period that is asked for. Throws `invalid_message` when it ends before it begins. */
export function periodOf(from: string | undefined, to: string | undefined, now: number): Period {
  const end = to ? Date.parse(to) : now;
  const period = { from: from ? Date.parse(from) : end - DAY_MS, to: end, now };
  if (period.from <= period.to) return period;
  throw new ParleyError("invalid_message", "Field 'from': allowed is a time before 'to'.");
}

interface Asked {
  principal: Parameters<HistoryStore["list"]>[0];
  id: string;
  period: Period;
}

/** Computes availability over every change of the period. Others get their turn after each page: there may be 100,000 changes. */
export async function measure(
  history: HistoryStore,
  { principal, id, period }: Asked,
): Promise<Availability> {
  const [from, to] = [iso(period.from), iso(period.to)];
  const before = await history.lastBefore(principal, id, from);
  const changes: Pick<PresenceChange, "at" | "is_online">[] = [];
  let cursor: string | undefined;
  do {
    const page = await history.list(principal, id, { limit: PAGE, cursor, from, to });
    for (const { at, is_online } of page.items) changes.push({ at, is_online });
    cursor = page.next_cursor ?? undefined;
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor);
  return availabilityOf(period, before?.is_online, changes.reverse());
}

function shown({ at, status, is_online, reason }: PresenceChange) {
  return { at, status, is_online, reason };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
