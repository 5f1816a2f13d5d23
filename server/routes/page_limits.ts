/** Beyond this many keys the oldest are forgotten: an attacker must not fill the memory. */
const MOST_KEYS = 50_000;

/**
 * Counts requests by key in fixed windows, in the memory of one process. Enough to slow down a person
 * or a program that tries; what must hold exactly is kept by the database.
 */
export function createPageLimit(rule: {
  /** Requests in one window. */
  readonly most: number;
  /** ms */
  readonly window: number;
  readonly clock: () => Date;
}): (key: string) => boolean {
  const counted = new Map<string, { start: number; count: number }>();
  return (key) => {
    const now = rule.clock().getTime();
    const known = counted.get(key);
    if (known && now - known.start < rule.window) {
      known.count += 1;
      return known.count <= rule.most;
    }
    counted.delete(key);
    counted.set(key, { start: now, count: 1 });
    if (counted.size > MOST_KEYS) {
      const oldest = counted.keys().next();
      if (!oldest.done) counted.delete(oldest.value);
    }
    return true;
  };
}
