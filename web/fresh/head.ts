// `<Head>`: lets any component add to the document's head, on the server and later in the browser.
import { type ComponentChildren, createContext, isValidElement, toChildArray, type VNode } from "preact";
import { useContext, useEffect } from "preact/hooks";

export interface HeadProps {
  children?: ComponentChildren;
}

/** Takes what `<Head>` elements hold while a page is rendered on the server. */
export const HeadSink = createContext<((elements: VNode[]) => void) | null>(null);

/** Adds its children to the document's head; one with the same key, id, name or property is replaced. */
export function Head({ children }: HeadProps): null {
  const elements = toChildArray(children).filter((child: unknown): child is VNode => isValidElement(child));
  useContext(HeadSink)?.(elements);
  useEffect(() => elements.forEach(updateElement));
  return null;
}

/** Returns what makes two head elements the same one, or null where an element stands for itself. */
export function headIdentity(element: VNode): string | null {
  const props = element.props as Record<string, unknown>;
  if (element.type === "title") return "title";
  if (element.key !== null && element.key !== undefined) {
    return `key=${element.key}`;
  }
  for (const name of ["id", "name", "property"]) {
    if (typeof props[name] === "string") {
      return `${String(element.type)}[${name}="${props[name]}"]`;
    }
  }
  return null;
}

function updateElement(element: VNode): void {
  const { children, ...props } = element.props as Record<string, unknown>;
  const text = toChildArray(children as ComponentChildren).join("");
  if (element.type === "title") {
    document.title = text;
    return;
  }
  const identity = headIdentity(element);
  const selector = identity?.startsWith("key=") ? `[data-key="${CSS.escape(identity.slice(4))}"]` : identity;
  const existing = selector ? document.head.querySelector(selector) : null;
  const target = existing ??
    document.head.appendChild(document.createElement(String(element.type)));
  if (selector !== identity) {
    target.setAttribute("data-key", String(element.key));
  }
  for (const [name, value] of Object.entries(props)) {
    target.setAttribute(name, String(value));
  }
  if (text) target.textContent = text;
}
