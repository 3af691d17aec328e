// What one page collects while it is drawn: the islands on it and what belongs in its head.
//
// Preact calls `options.vnode` for each element that is made. The hook below draws islands between two comments, which
// the browser finds them by, and lets the document's head take what `<Head>` collected.
import {
  cloneElement,
  type ComponentChildren,
  type ComponentType,
  createContext,
  Fragment,
  h,
  isValidElement,
  options,
  toChildArray,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";
import { encode, pathText, UnserializableError } from "./codec.ts";
import { headIdentity } from "./head.ts";
import type { Island, Snapshot } from "./snapshot.ts";

interface Instance {
  island: Island;
  props: unknown;
}

export class Page {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly instances: Instance[] = [];
  readonly #head: VNode[] = [];

  constructor(readonly snapshot: Snapshot | null, readonly basePath: string) {}

  /** Adds to the head; where two elements are the same one, the last stays. */
  addHead(elements: VNode[]): void {
    this.#head.push(...elements);
  }

  headElements(): VNode[] {
    const last = new Map(this.#head.map((element) => [headIdentity(element) ?? element, element]));
    return [...last.values()].map(withDataKey);
  }

  /** Returns the tags that load the islands' code. They go in the head: module scripts wait for the whole document. */
  scripts(): string {
    if (!this.snapshot || this.instances.length === 0) return "";
    const { bootUrl, imports } = this.snapshot;
    const modules = [...new Set(this.instances.map(({ island }) => island.url)), bootUrl];
    const shared = [...new Set(modules.flatMap((url) => imports.get(url) ?? []))];
    const preloads = shared.map((url) => `<link rel="modulepreload" href="${this.#href(url)}">`);
    const scripts = modules.map((url) =>
      `<script type="module" src="${this.#href(url)}" nonce="${this.nonce}"></script>`
    );
    return [...preloads, ...scripts].join("");
  }

  /** Returns the inert element that carries the islands' props. It is data, so no content security policy concerns it. */
  data(): string {
    if (!this.snapshot || this.instances.length === 0) return "";
    const json = this.#encoded().replaceAll("<", "\\u003c");
    return `<script type="application/json" id="__fresh" data-build="${this.snapshot.buildId}">${json}</script>`;
  }

  #encoded(): string {
    const instances = this.instances.map((
      { island, props },
    ) => [this.#href(island.url), island.exportName, props]);
    try {
      return encode(instances);
    } catch (error) {
      if (!(error instanceof UnserializableError)) throw error;
      const [index, , ...path] = error.path;
      const name = this.instances[Number(index)]?.island.name;
      const text = `Island "${name}": ${
        pathText(path, "props")
      } is ${error.what}, which cannot be sent to a browser`;
      throw new TypeError(text, { cause: error });
    }
  }

  #href(url: string): string {
    return this.basePath + url;
  }
}

let current: Page | null = null;

/** Runs `draw`, which must not wait for anything, with `page` collecting. */
export function drawing<T>(page: Page, draw: () => T): T {
  current = page;
  try {
    return draw();
  } finally {
    current = null;
  }
}

const hosts = new WeakMap<ComponentType, ComponentType>();

/** Makes `component` an island wherever it is drawn from now on. */
export function registerIsland(component: ComponentType): void {
  if (!hosts.has(component)) hosts.set(component, islandHost(component));
}

const InsideIsland = createContext(false);

function islandHost(component: ComponentType): ComponentType {
  return function IslandHost(props: object) {
    const nested = useContext(InsideIsland);
    const inner = h(component, props);
    inner.type = component;
    const island = current?.snapshot?.islands.get(component);
    if (nested || !current || !island) return inner;
    const index = current.instances.push({ island, props }) - 1;
    Object.assign(inner, { __m: [index, 0] }); // the root of `useId()`, the same in the browser
    return [
      comment(`fresh:${index}`),
      h(InsideIsland.Provider, { value: true, children: inner }),
      comment("/fresh"),
    ] as unknown as VNode;
  };
}

function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as object);
}

function HeadHost({ children, ...props }: { children?: ComponentChildren }): VNode {
  const added = current?.headElements() ?? [];
  const replaced = new Set(added.map(headIdentity).filter((identity) => identity !== null));
  const own = (toChildArray(children) as (string | VNode)[])
    .filter((child: string | VNode) => !isValidElement(child) || !replaced.has(headIdentity(child) ?? ""))
    .map((child: string | VNode) => isValidElement(child) ? withDataKey(child) : child);
  const head = h("head", props, own, added);
  head.type = "head";
  return head;
}

function withDataKey(element: VNode): VNode {
  const hasKey = element.key !== null && element.key !== undefined;
  return hasKey ? cloneElement(element, { "data-key": element.key } as object) : element;
}

const previousHook = options.vnode;
options.vnode = (vnode: VNode) => {
  if (typeof vnode.type === "function") {
    vnode.type = hosts.get(vnode.type as ComponentType) ?? vnode.type;
  } else if (vnode.type === "head") {
    vnode.type = HeadHost as ComponentType;
  } else if (current && (vnode.type === "script" || vnode.type === "style")) {
    const props = vnode.props as { nonce?: string };
    props.nonce ??= current.nonce;
  }
  previousHook?.(vnode);
};
