import type { Snapshot } from "../../db/live_events.ts";

/** Older than this the lists are read anew: it costs less than telling what happened. */
const MAX_AGE = 30 * 60; // s

/** Up to where a client has been told everything: seconds and a snapshot, "1763985600.512:515:513". */
export function makePosition(snapshot: Snapshot, now: Date): string {
  return `${Math.floor(now.getTime() / 1000)}.${snapshot}`;
}

/** Null: no position, or too old to go on from. */
export function readPosition(text: string, now: Date): Snapshot | null {
  const match = /^(\d{1,12})\.(\d{1,18}:\d{1,18}:(?:\d{1,18}(?:,\d{1,18})*)?)$/.exec(text);
  const [, seconds, snapshot] = match ?? [];
  if (seconds === undefined || snapshot === undefined) return null;
  if (now.getTime() / 1000 - Number(seconds) > MAX_AGE) return null;
  return isSound(snapshot) ? snapshot : null;
}

/** As PostgreSQL demands it: xmin ≤ xmax, what was under way in between, in order. */
function isSound(snapshot: Snapshot): boolean {
  const [min = "", max = "", underWay = ""] = snapshot.split(":");
  const [first, last] = [BigInt(min), BigInt(max)];
  if (first === 0n || first > last) return false;
  const listed = underWay === "" ? [] : underWay.split(",").map(BigInt);
  return listed.every((id, index) => {
    const before = index === 0 ? first - 1n : (listed[index - 1] ?? first);
    return id > before && id < last;
  });
}
