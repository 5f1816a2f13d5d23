/**
 * A number in 0…2^32-1 that depends only on its arguments (murmur3 finalizer), so that record N of
 * 100 000 can be made again at any time instead of being kept.
 */
export function hash(seed: number, index: number, salt: number): number {
  let value = (seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)) >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** One of the items, chosen by the hash. The list must not be empty. */
export function pick<T>(items: readonly [T, ...T[]], hashed: number): T {
  return items[hashed % items.length] ?? items[0];
}

/** The same items in another order; the same seed always gives the same order. */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, key: hash(seed, index, 77) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** A stream of hexadecimal secrets: tokens, keys, identifiers. Deterministic, for tests only. */
export function createSecrets(seed: number): (length: number) => string {
  let issued = 0;
  return (length) => {
    let text = "";
    while (text.length < length) {
      text += hash(seed, issued, 1009).toString(16).padStart(8, "0");
      issued += 1;
    }
    return text.slice(0, length);
  };
}
