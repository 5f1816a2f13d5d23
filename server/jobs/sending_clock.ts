/**
 * The database's clock beside `performance.now()`. It was read between the question and its answer, so
 * each look gives two bounds, and the best of the last minute hold. Both err towards later: nothing is
 * ever early. Bounds that contradict each other mean that a clock was set: what was seen before is wrong.
 */
export function createDatabaseClock(now: () => number = () => performance.now()) {
  const memory = 60_000; // ms
  const together = 1_000; // ms
  let seen: readonly Bounds[] = [];
  const latest = (bounds: readonly Bounds[]) => Math.max(...bounds.map(({ least }) => least));
  const earliest = (bounds: readonly Bounds[]) => Math.min(...bounds.map(({ most }) => most));

  return {
    /** The database's moment (ms since 1970) that was heard of just now; asked for at a moment of ours. */
    note: (databaseNow: number, askedAt: number): void => {
      const at = now();
      const heard = { at, least: askedAt - databaseNow, most: at - databaseNow };
      const fresh = seen.filter((before) => at - before.at < memory);
      const isTrue = latest(fresh) <= heard.most && heard.least <= earliest(fresh);
      seen = isTrue ? added(fresh, heard, together) : [heard];
    },
    toLocal: (moment: number): number => moment + earliest(seen),
    toDatabase: (moment: number): number => moment - latest(seen),
  };
}

/** Of how far ours is ahead of the database's. */
interface Bounds {
  readonly at: number;
  readonly least: number;
  readonly most: number;
}

/** Of each second one is kept, so a busy minute costs no more than a quiet one. */
function added(seen: readonly Bounds[], heard: Bounds, together: number): readonly Bounds[] {
  const last = seen.at(-1);
  if (!last || heard.at - last.at >= together) return [...seen, heard];
  const { at } = last;
  const least = Math.max(last.least, heard.least);
  return [...seen.slice(0, -1), { at, least, most: Math.min(last.most, heard.most) }];
}

/**
 * How long Telegram takes at best: a message is on its way at least so long before it is counted. Where
 * the quickest trips differ much, something else than the way makes them long, and nothing is spared.
 */
export function createRoundTrips() {
  /** Before so many were seen the quickest one says little. */
  const enough = 100;
  const remembered = 300;
  const margin = 15; // ms
  let recent: readonly number[] = [];
  let quickest = Number.POSITIVE_INFINITY;
  return {
    add: (ms: number): void => {
      recent = [...recent.slice(1 - remembered), ms];
      quickest = Math.min(quickest, ms);
    },
    /** Milliseconds of the second after an answer that may be left out. */
    spared: (): number => {
      if (recent.length < enough) return 0;
      const sorted = recent.toSorted((a, b) => a - b);
      const quick = sorted[Math.floor(sorted.length / 10)] ?? quickest;
      return Math.max(0, quickest - (quick - quickest) - margin);
    },
  };
}
