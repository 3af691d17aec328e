/** What a page remembers beyond itself: the storage that all tabs share, and memory where the browser refuses or is full. */

export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  keys(): string[];
}

/** Opens the page's memory; `storage` is tried first for everything and may throw at any time. */
export function openKeep(storage: () => Storage = () => localStorage): Keep {
  const memory = new Map<string, string>();
  const tried = <Value>(use: (storage: Storage) => Value, otherwise: Value): Value => {
    try {
      return use(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? tried((kept) => kept.getItem(key), null),
    setItem: (key, value) => {
      const isKept = tried((kept) => (kept.setItem(key, value), true), false);
      if (isKept) memory.delete(key);
      else memory.set(key, value);
    },
    removeItem: (key) => {
      memory.delete(key);
      tried((kept) => kept.removeItem(key), undefined);
    },
    keys: () => [...new Set([...memory.keys(), ...tried((kept) => Object.keys(kept), [])])],
  };
}

/** Gives a part of `keep` whose keys are its own. */
export function partOf(keep: Keep, name: string): Keep {
  const prefix = `${name}.`;
  return {
    getItem: (key) => keep.getItem(prefix + key),
    setItem: (key, value) => keep.setItem(prefix + key, value),
    removeItem: (key) => keep.removeItem(prefix + key),
    keys: () => keep.keys().filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
  };
}
