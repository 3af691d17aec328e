// One island with a signal of its own: what the size of the client's code is measured with.
import { useSignal } from "@preact/signals";

export default function Counter({ start }: { start: number }) {
  const count = useSignal(start);
  return <button type="button" id="counter" onClick={() => count.value++}>{count}</button>;
}
