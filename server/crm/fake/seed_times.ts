const DAY = 86_400;
const HISTORY = 400 * DAY;
const IMPORT_SIZE = 300;
const IMPORT_PERIOD = 1000;

/**
 * When seeded rows were changed, in seconds: spread over the 400 days before yesterday, never
 * falling. Of every 1000 rows the first 300 came from one import and share one second, so that a
 * page of 50 or 250 never covers it.
 */
export function createSeedTimes(now: number, count: number): (index: number) => number {
  const end = now - DAY;
  const step = Math.max(1, Math.floor(HISTORY / Math.max(1, count)));
  const start = end - step * Math.max(1, count);
  return (index) => {
    const place = index % IMPORT_PERIOD;
    return start + (index - place) * step + Math.max(0, place - IMPORT_SIZE + 1) * step;
  };
}
