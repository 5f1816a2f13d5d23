import { setImmediate as takeTurn, setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import { WARMING_LISTS } from "./warming_lists.ts";

/** After as many lists V8 has its best code for all that most rows meet. */
const LISTS = 500;
/** And then as long as people's longest: what such a list alone brings about is over then. */
const ALL_LISTS = LISTS + 3;
const ROWS_OF_LONG_LIST = 1000;
/** Between two lists, ms: for everybody else, and for V8 to compile beside. */
const PAUSE = 2;
/** The first ones help most: between them everybody else has a turn, and nothing waits. Exported for the bench. */
export const HURRIED_LISTS = 100;

export interface Warming {
  /** How many lists were read, when all are or it was stopped. */
  readonly ended: Promise<number>;
  stop(): Promise<number>;
}

/**
 * Reads lists to nobody, one after another, and everything else goes on between them. Without it the
 * first lists of a new program take several times as long as the later ones: V8 has compiled nothing yet.
 */
export function startWarming(log: Logger): Warming {
  const over = new AbortController();
  let read = 0;
  const warm = async (): Promise<void> => {
    while (read < ALL_LISTS && !over.signal.aborted) {
      parseQuickAdd(warmingList(read));
      read += 1;
      await (read < HURRIED_LISTS ? takeTurn() : sleep(PAUSE));
    }
    if (read === ALL_LISTS) log.info({ lists: read }, "the reader of lists is warm");
  };
  const ended = warm()
    .catch((error: unknown) => log.error({ err: error }, "the reader of lists was not warmed up"))
    .then(() => read);
  return {
    ended,
    stop: () => {
      over.abort();
      return ended;
    },
  };
}

/**
 * Other numbers each time: what was read just before would be remembered. Every other list, and the last
 * ones, are of the same words in disorder, for what no list has. Exported for its test and the bench.
 */
export function warmingList(turn: number): string {
  const place = Math.floor(turn / 2) % WARMING_LISTS.length;
  const isOfPeople = turn % 2 === 0 && turn < LISTS;
  const count = turn < LISTS ? ROWS_IN_DISORDER : ROWS_OF_LONG_LIST;
  const list = isOfPeople ? WARMING_LISTS[place] : disorder(turn, count);
  return (list ?? "").replaceAll("#", `${(turn % 89) + 1}`);
}

/** Words, numbers and signs: apart, some with what is glued to them. */
const PIECES = WARMING_LISTS.flatMap((list) => [
  ...(list.match(/\p{L}+|[\d#]+|[^\p{L}\d#\s]/gu) ?? []),
  ...list.split(/\s+/),
]);
/** Some rows are of a table. */
const CELL_ENDS = ["\t", "\t", ";", "|", "  "];
const ROWS_IN_DISORDER = 15;
const MOST_PIECES = 40;

/** The same rows for the same seed. */
function disorder(seed: number, count: number): string {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const makeGap = () => (random(25) === 0 ? CELL_ENDS[random(CELL_ENDS.length)] : " ");
  const makePiece = () => `${PIECES[random(PIECES.length)]}${random(5) > 1 ? makeGap() : ""}`;
  const rows = Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(MOST_PIECES) }, makePiece).join(""),
  );
  return rows.join("\n");
}
