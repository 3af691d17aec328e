/** Maps worked out from what changes often, which are a new object only when they say something else. */
import { computed, type ReadonlySignal } from "@preact/signals";

/** Gives what `make` gives, or the map before it when the two have the same keys with the same values. */
export function steadyMap<Key, Value>(
  make: () => ReadonlyMap<Key, Value>,
  isSame: (one: Value, other: Value) => boolean = Object.is,
): ReadonlySignal<ReadonlyMap<Key, Value>> {
  let last: ReadonlyMap<Key, Value> = new Map();
  return computed(() => {
    const next = make();
    const hasSame = ([key, value]: [Key, Value]) => last.has(key) && isSame(last.get(key)!, value);
    if (next.size !== last.size || ![...next].every(hasSame)) last = next;
    return last;
  });
}
