// Runs a route's handler and shows its page.
import { type Context, INTERNAL } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { HandlerFn, PageResponse, Route } from "./handlers.ts";
import { renderComponent } from "./render.ts";

/** Answers with the handler's response, or with the route's page showing the handler's data. */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const internal = ctx[INTERNAL];
  if (route.config?.skipAppWrapper) internal.app = null;
  if (route.config?.skipInheritedLayouts) internal.layouts = [];
  const handler = handlerFor(ctx.req.method, route);
  const result = await handler(ctx);
  if (result instanceof Response) return result;
  return await renderResult(ctx, route, {
    ...result,
    status: result.status ?? status,
  });
}

function handlerFor<State>(method: string, { handler, component }: Route<State>): HandlerFn<unknown, State> {
  if (typeof handler === "function") return handler;
  const own = handler?.[method as "GET"] ??
    (method === "HEAD" ? handler?.GET : undefined);
  if (own) return own;
  if (component) return () => ({ data: {} });
  throw new HttpError(handler ? 405 : 404);
}

async function renderResult<State>(
  ctx: Context<State>,
  { component }: Route<State>,
  { data, headers, status }: PageResponse<unknown>,
): Promise<Response> {
  if (!component) return await ctx.render(null, { headers, status });
  const vnode = await renderComponent(ctx, component, {
    data,
    child: () => null,
  });
  return vnode instanceof Response ? vnode : await ctx.render(vnode, { headers, status });
}
