/** Forgets what was put in first, so that a long run does not fill the memory. */
export function dropOldest<Key>(kept: Map<Key, unknown>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}
