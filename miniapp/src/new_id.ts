import { type Id, makeId } from "../../domain/ids.ts";

export function newId(): Id {
  return makeId(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}
