import { randomFillSync } from "node:crypto";
import { type Id, makeId } from "../domain/ids.ts";

const RANDOM_BYTES = 10;
/** Random bytes are taken for many ids at once: a long list needs thousands. */
const POOL_BYTES = RANDOM_BYTES * 1024;
/** What the 12 bits behind the time can count to. */
const COUNTER_END = 0x1000;

/** A new uuid v7 of this moment, greater than every one that this process made before. */
export const newId = createNewId(() => Date.now());

/** @param now milliseconds since 1970 */
export function createNewId(now: () => number): () => Id {
  return createIdMaker({ now, fillRandom: (bytes) => void randomFillSync(bytes) });
}

/**
 * Makes uuids v7 that grow strictly, also within a millisecond and when the clock is set back: the 12
 * bits behind the time count, from a random start in their lower half (RFC 9562, 6.2, method 1). A
 * millisecond that is counted out borrows from the next one.
 */
export function createIdMaker(sources: {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fillRandom: (bytes: Uint8Array) => void;
}): () => Id {
  const pool = new Uint8Array(POOL_BYTES);
  let used = pool.length;
  let moment = 0;
  let counter = 0;

  function takeRandom(): Uint8Array {
    if (used === pool.length) {
      sources.fillRandom(pool);
      used = 0;
    }
    used += RANDOM_BYTES;
    return pool.subarray(used - RANDOM_BYTES, used);
  }

  return () => {
    const random = takeRandom();
    const now = sources.now();
    counter += 1;
    if (now > moment || counter === COUNTER_END) {
      moment = Math.max(now, moment + 1);
      counter = (((random[0] ?? 0) & 0x07) << 8) | (random[1] ?? 0);
    }
    random[0] = counter >> 8;
    random[1] = counter & 0xff;
    return makeId(moment, random);
  };
}
