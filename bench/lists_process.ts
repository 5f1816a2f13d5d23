import { setImmediate as takeTurn } from "node:timers/promises";
import { pino } from "pino";
import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import { HURRIED_LISTS, startWarming, warmingList } from "../server/warming.ts";
import { KINDS, listOf } from "./lists_data.ts";

/**
 * A new program that reads lists: warmed up as the server is, or as far as it is a moment after it became
 * ready, then `count` lists of 1 000 lines. Its first line has their milliseconds. `kind [warmed|ready] count`.
 */
const [kind = "", state = "", count = "1"] = process.argv.slice(2);
const makeLine = KINDS[kind];
if (!makeLine) throw new Error(`no kind ${kind}: ${Object.keys(KINDS).join(", ")}`);
const lists = Array.from({ length: Number(count) }, (_, index) => listOf(makeLine, index));
if (state === "warmed") await startWarming(pino({ enabled: false })).ended;
if (state === "ready") {
  for (let turn = 0; turn < HURRIED_LISTS; turn += 1) {
    parseQuickAdd(warmingList(turn));
    await takeTurn();
  }
}
const times = lists.map((list) => {
  const start = performance.now();
  parseQuickAdd(list);
  return performance.now() - start;
});
process.stdout.write(`${JSON.stringify(times)}\n`);
