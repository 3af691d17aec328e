/** Whether the form for a new task is open; the address says so, too, so that it can be linked to. */
import { useEffect, useState } from "preact/hooks";

export interface SubmitDialogState {
  /** Whether the page is at work in a browser. */
  isLive: boolean;
  isOpen: boolean;
  /** It was open before: what is in it is kept while the page is there. */
  wasOpened: boolean;
  onLink(event: MouseEvent): void;
  close(): void;
}

export function useSubmitDialog(isAskedFor: boolean): SubmitDialogState {
  const [isLive, setLive] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setOpened] = useState(false);
  const show = (isShown: boolean) => {
    setOpen(isShown);
    if (isShown) setOpened(true);
    const url = new URL(location.href);
    if (isShown) url.searchParams.set("new", "");
    else url.searchParams.delete("new");
    history.replaceState(history.state, "", url.href.replace(/([?&]new)=(?=&|$)/, "$1"));
  };
  useEffect(() => {
    setLive(true);
    if (isAskedFor) show(true);
  }, []);
  const onLink = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(true);
  };
  return { isLive, isOpen, wasOpened, onLink, close: () => show(false) };
}
