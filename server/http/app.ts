/** The HTTP interface: its routes, and what holds for all of them. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { MOST_JSON_BYTES } from "../../shared/task/limits.ts";
import { isAllowedOrigin } from "../ws/origin.ts";
import { TokenBucket } from "../ws/rate_limit.ts";
import { addAgentMessages } from "./agent_messages.ts";
import { addAgents } from "./agents.ts";
import { addControl } from "./control.ts";
import { addCommandEvents } from "./command_events.ts";
import { addCommands } from "./commands.ts";
import { addConversations } from "./conversations.ts";
import { addDeadLetters } from "./dead_letters.ts";
import { addErrors } from "./errors.ts";
import { addHistory } from "./history.ts";
import { addHome } from "./home.ts";
import { addMessages } from "./messages.ts";
import { addStats } from "./stats.ts";
import { addTaskEvents } from "./task_events.ts";
import { addTaskTypes } from "./task_types.ts";
import { addTasks } from "./tasks.ts";
import { problem } from "./problem.ts";
import type { HttpOptions } from "./server.ts";

const MOST_CLIENTS = 10_000;
const TASKS = /^\/api\/tasks(\/|$)/;
/**
 * Bytes that a task's body may have, whatever others may: its parameters alone may have a quarter of that, JSON that is
 * written with escapes takes up to three times as much, and the rest of the task stands beside.
 */
const TASK_BYTES = 4 * MOST_JSON_BYTES;

const log = logOf("server", "http");

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** Makes the handler of every HTTP request. */
export function createApp(options: HttpOptions): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalid(result.error.issues[0]);
    },
  });
  app.onError((error) => answerError(error));
  app.notFound(() =>
    problem(new ParleyError("not_found", "There is nothing here. GET / lists what there is."))
  );
  addForAll(app, options);
  addHome(app, options);
  addStats(app, options);
  addErrors(app, options);
  addAgents(app, options);
  addHistory(app, options);
  addMessages(app, options);
  addAgentMessages(app, options);
  addConversations(app, options);
  addControl(app, options);
  addCommands(app, options);
  addCommandEvents(app, options);
  addTasks(app, options);
  addTaskEvents(app, options);
  addTaskTypes(app, options);
  addDeadLetters(app, options);
  app.doc31("/openapi.json", { openapi: "3.1.0", info: { title: "Parley", version: options.version } });
  addMethodNotAllowed(app);
  return app;
}

function addForAll(app: OpenAPIHono, { config }: HttpOptions): void {
  const rules = { hostname: config.HOST, allowed: config.ALLOWED_ORIGINS };
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
  });
  app.use(cors({
    origin: (origin) => isAllowedOrigin(origin, rules) ? origin : null,
    allowHeaders: ["authorization", "content-type"],
    allowMethods: ["GET", "POST", "PATCH", "DELETE"],
    maxAge: 600,
  }));
  const ofTasks = atMost(Math.max(config.MAX_MESSAGE_BYTES, TASK_BYTES));
  const ofOthers = atMost(config.MAX_MESSAGE_BYTES);
  app.use((c, next) => TASKS.test(c.req.path) ? ofTasks(c, next) : ofOthers(c, next));
  const buckets = new Map<string, TokenBucket>();
  app.post("/api/*", async (c, next) => {
    const remote = String((c.env as { remote?: string } | undefined)?.remote ?? "");
    const waitMs = bucketOf(buckets, remote, config.RATE_LIMIT_PER_SECOND).take();
    if (waitMs === 0) return await next();
    const error = new ParleyError("rate_limited", `Too many requests. Send again in ${waitMs} ms.`);
    const headers = { "retry-after": String(Math.ceil(waitMs / 1000)) };
    return problem(error, { headers, fields: { retry_after_ms: waitMs } });
  });
}

/** Refuses longer bodies. */
function atMost(bytes: number) {
  const tooLarge = new ParleyError("too_large", `A body may have ${bytes} bytes.`);
  return bodyLimit({ maxSize: bytes, onError: () => problem(tooLarge) });
}

function bucketOf(buckets: Map<string, TokenBucket>, remote: string, perSecond: number): TokenBucket {
  const bucket = buckets.get(remote) ?? new TokenBucket(perSecond);
  buckets.set(remote, bucket);
  if (buckets.size > MOST_CLIENTS) {
    for (const [each, known] of buckets) if (known.isFull()) buckets.delete(each);
  }
  return bucket;
}

/** A path that exists for other methods says which. */
function addMethodNotAllowed(app: OpenAPIHono): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL" || path.includes("*")) continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known].join(", ");
    app.all(path, () => {
      const error = new ParleyError("unsupported_type", `This takes ${allow}.`);
      return problem(error, { status: 405, headers: { allow } });
    });
  }
}

const NOT_JSON = new ParleyError("invalid_message", "Send content-type: application/json.");

function answerError(error: Error): Response {
  if (error instanceof HTTPException && error.res) return error.res;
  if (error instanceof HTTPException && error.status === 415) return problem(NOT_JSON, { status: 415 });
  const parley = error instanceof HTTPException ? ofHttp(error) : ParleyError.from(error);
  if (parley.code === "internal") log.error("A request failed: {cause}", { cause: parley.cause ?? parley });
  return problem(parley);
}

/** What the framework itself refuses: a body that is not JSON, mostly. */
function ofHttp(error: HTTPException): ParleyError {
  if (error.status !== 400) return new ParleyError("internal", "The request failed.", { cause: error });
  return new ParleyError("invalid_json", "The body is not valid JSON.", { cause: error });
}

function invalid(issue: { path: PropertyKey[]; message: string } | undefined): ParleyError {
  const field = issue?.path.join(".") || "body";
  return new ParleyError("invalid_message", `Field '${field}': ${issue?.message ?? "invalid"}.`);
}
