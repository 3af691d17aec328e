// Turns a page, its layouts and the app wrapper into a response.
import {
  type ComponentChildren,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  type VNode,
} from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { type Context, INTERNAL } from "./context.ts";
import type { LayoutConfig, PageProps, RouteComponent } from "./handlers.ts";
import { HeadSink } from "./head.ts";
import { drawing, Page } from "./page.ts";

const nonces = new WeakMap<Response, string>();

/** Returns the nonce that the inline scripts and styles of a rendered page carry. */
export function nonceOf(response: Response): string | undefined {
  return nonces.get(response);
}

/** Makes the element of a page, layout or app wrapper. An async component is run here, and may answer by itself. */
export async function renderComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  { data, child }: { data: unknown; child: FunctionComponent },
): Promise<VNode | Response> {
  const { config, url, req, params, info, state, isPartial, error, route } = ctx;
  const props = {
    config,
    url,
    req,
    params,
    info,
    state,
    isPartial,
    error,
    route,
    data,
    Component: child,
  };
  if (!isAsync(component)) {
    return h(component as FunctionComponent<PageProps<unknown, State>>, props) as VNode;
  }
  const result = await (component as AsyncComponent<PageProps<unknown, State>>)(props);
  return result instanceof Response ? result : h(Fragment, null, result);
}

type AsyncComponent<Props> = (props: Props) => Promise<ComponentChildren | Response>;

function isAsync<State>(component: RouteComponent<State>): boolean {
  return component.constructor.name === "AsyncFunction";
}

/** Renders `content` as a whole document. */
export async function renderPage<State>(
  ctx: Context<State>,
  content: VNode | null,
  { init, config }: { init: ResponseInit; config: LayoutConfig },
): Promise<Response> {
  if (content !== null && !isValidElement(content)) {
    throw new TypeError("ctx.render() takes an element or null");
  }
  const { app, layouts, snapshot } = ctx[INTERNAL];
  const inner = await inLayouts(ctx, content, config.skipInheritedLayouts ? [] : layouts);
  if (inner instanceof Response) return inner;
  let body = "";
  const child = () => jsxTemplate([body]);
  const wrapper = app && !config.skipAppWrapper
    ? await renderComponent(ctx, app, { data: null, child })
    : null;
  if (wrapper instanceof Response) return wrapper;
  const page = new Page(snapshot, ctx.config.basePath);
  const html = drawing(page, () => {
    body = draw(page, inner);
    return complete(page, wrapper ? draw(page, wrapper) : body);
  });
  return htmlResponse(page, html, init);
}

async function inLayouts<State>(
  ctx: Context<State>,
  content: VNode | null,
  layouts: RouteComponent<State>[],
): Promise<ComponentChildren | Response> {
  let inner: VNode | null = content;
  for (const layout of layouts.toReversed()) {
    const wrapped = inner;
    const result = await renderComponent(ctx, layout, {
      data: undefined,
      child: () => wrapped,
    });
    if (result instanceof Response) return result;
    inner = result;
  }
  return inner;
}

function draw(page: Page, content: ComponentChildren): string {
  const value = (elements: VNode[]) => page.addHead(elements);
  return renderToString(h(HeadSink.Provider, { value, children: content }));
}

/** Adds what is missing of a document, and what loads the islands. */
function complete(page: Page, html: string): string {
  const head = h("head", null, h("meta", { charset: "utf-8" }));
  const whole = /<html[\s>]/i.test(html) ? html : `<html>${renderToString(head)}<body>${html}</body></html>`;
  const withScripts = insert(whole, whole.indexOf("</head>"), page.scripts());
  return "<!DOCTYPE html>" +
    insert(withScripts, withScripts.lastIndexOf("</body>"), page.data());
}

function insert(text: string, at: number, part: string): string {
  return at < 0 ? text + part : text.slice(0, at) + part + text.slice(at);
}

function htmlResponse(page: Page, html: string, init: ResponseInit): Response {
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  const response = new Response(html, { ...init, headers });
  nonces.set(response, page.nonce);
  return response;
}
