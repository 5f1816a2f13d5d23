/** Finds seeded rows by a numeric key (digits of a phone, hash of an e-mail) in a few bytes a row. */
export interface LookupIndex {
  /** Identifiers whose key is this one, ascending. The caller must still compare the row itself. */
  find(key: number): number[];
}

/** `entries` is read once, at the first question. */
export function createLookupIndex(
  entries: () => Iterable<readonly [key: number, id: number]>,
): LookupIndex {
  let built: { keys: Float64Array; ids: Float64Array } | null = null;

  const build = (): { keys: Float64Array; ids: Float64Array } => {
    const all = [...entries()].toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
    return {
      keys: Float64Array.from(all, ([key]) => key),
      ids: Float64Array.from(all, ([, id]) => id),
    };
  };

  return {
    find(key) {
      built ??= build();
      const found: number[] = [];
      for (let place = lowerBound(built.keys, key); built.keys[place] === key; place += 1) {
        found.push(built.ids[place] ?? 0);
      }
      return found;
    },
  };
}

function lowerBound(keys: Float64Array, key: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Key of a text that is no number, such as an e-mail. */
export function textKey(text: string): number {
  let value = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193) >>> 0;
  }
  return value;
}
