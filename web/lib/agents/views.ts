/** What can be seen of one agent, as the address says it. */

export const VIEWS = ["overview", "commands", "tasks", "messages"] as const;
export type View = typeof VIEWS[number];

const PAGE = 20;

/** Reads the view from the address. */
export function viewIn(search: URLSearchParams): View {
  const asked = search.get("view");
  return VIEWS.find((view) => view === asked) ?? "overview";
}

/** Writes the address of a view. */
export function viewAddress(id: string, view: View): string {
  const page = `/agents/${encodeURIComponent(id)}`;
  return view === "overview" ? page : `${page}?view=${view}`;
}

/** Gives the server's path of the list that a view shows, undefined where it shows none. */
export function listPath(view: View, id: string): string | undefined {
  const agent = encodeURIComponent(id);
  switch (view) {
    case "commands":
      return `/api/agents/${agent}/commands?limit=${PAGE}`;
    case "tasks":
      return `/api/tasks?agent=${agent}&limit=${PAGE}`;
    case "messages":
      return `/api/messages?agent=${agent}&limit=${PAGE}`;
    default:
      return undefined;
  }
}
