import { randomBytes } from "node:crypto";
import { type Id, makeId } from "../domain/ids.ts";

let lastMoment = 0;

/** A new id; ids made one after another sort in that order. */
export function testId(): Id {
  lastMoment = Math.max(lastMoment + 1, Date.now());
  return makeId(lastMoment, randomBytes(10));
}
