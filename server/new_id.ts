import { randomFillSync } from "node:crypto";
import { type Id, makeId } from "../domain/ids.ts";

const RANDOM_BYTES = 10;

/** Random bytes are taken for many ids at once: a long list needs thousands. */
const pool = Buffer.alloc(RANDOM_BYTES * 1024);
let used = pool.length;

/** A new uuid v7 of this moment. */
export function newId(): Id {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return makeId(Date.now(), pool.subarray(used - RANDOM_BYTES, used));
}
