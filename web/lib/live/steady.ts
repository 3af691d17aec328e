/** Maps worked out from what changes often, which are a new object only when they say something else. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";

/**
 * Gives what `make` gives, or the map before it when the two have the same keys with the same values. Whoever looks at it
 * hears of nothing else: of a computed signal each would be asked again whenever anything that it is made of changes.
 */
export function steadyMap<Key, Value>(
  make: () => ReadonlyMap<Key, Value>,
  isSame: (one: Value, other: Value) => boolean = Object.is,
): ReadonlySignal<ReadonlyMap<Key, Value>> {
  const map = signal<ReadonlyMap<Key, Value>>(new Map());
  effect(() => {
    const [last, next] = [map.peek(), make()];
    const hasSame = ([key, value]: [Key, Value]) => last.has(key) && isSame(last.get(key)!, value);
    if (next.size !== last.size || ![...next].every(hasSame)) map.value = next;
  });
  return map;
}
