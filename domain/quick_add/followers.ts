import { matchAt } from "./units.ts";

/** Words that may follow a number. */
interface Words {
  readonly bit: number;
  readonly expression: RegExp;
}

/** What may begin with a character, by its code: one bit for each kind of words. ₽ has nearly the last. */
const KINDS = new Uint16Array(0x2100);

/** By their first characters most texts are passed over. */
function words(bit: number, signs: string, expression: RegExp): Words {
  note(bit, signs + signs.toUpperCase());
  return { bit, expression };
}

function note(bit: number, signs: string): void {
  for (const sign of signs) {
    const code = sign.charCodeAt(0);
    KINDS[code] = (KINDS[code] ?? 0) | bit;
  }
}

export const THOUSAND = words(
  1,
  "т",
  /(?:тыс(?:яч[аи]?|\.|(?![а-яё]))|т\.? ?р(?:уб)?(?:\.|(?![а-яё])))/iy,
);
export const SHORT_THOUSAND = words(2, "кk", /[кk](?![а-яёa-z\d])/iy);
export const SHORT_THOUSAND_AT_END = words(2, "кk", /[кk](?= ?(?:₽|р|руб|[.,;)]|$))/iy);
export const MILLION = words(4, "м", /(?:млн\.?|миллион(?:а|ов)?)(?![а-яёa-z\d])/iy);
export const CURRENCY = words(
  8,
  "р₽rp",
  /(?:рубл(?:ей|я|ь)|руб\.?|р\.?|₽|rub|p\.?)(?![а-яёa-z\d])/iy,
);
export const FOREIGN = words(16, "$€₸ueудет", /(?:\$|€|₸|usd|eur|у\. ?е\.?|долл|евро|тенге)/iy);
export const KOPECKS = words(32, "0123456789", /\d{1,2} ?коп(?:\.|еек|ейки|ейка)?(?![а-яё])/iy);
export const KOPECK_WORD = words(64, "к", /коп(?:\.|еек|ейки|ейка)?(?![а-яё])/iy);
export const PER = words(128, "/з", /(?:\/ ?|за (?:1 |один |одну )?)/iy);
export const FACTOR = words(256, "1", /(?:1000|100|10)(?= |[мшк])/y);

const MONEY = [THOUSAND, SHORT_THOUSAND, MILLION, CURRENCY, FOREIGN, KOPECK_WORD, PER].reduce(
  (bits, { bit }) => bits | bit,
  0,
);
/** Signs that neither words nor a unit begin with. */
const NOTHING = 512;
note(NOTHING, "0123456789,.;:()—–*×=-");
const SPACE = 32;

/** A text and the place up to which it was read. */
export interface Rest {
  readonly text: string;
  at: number;
}

/** Takes what the words match behind at most two spaces. */
export function take(rest: Rest, { bit, expression }: Words): boolean {
  const at = skipSpaces(rest.text, rest.at);
  if ((kindAt(rest.text, at) & bit) === 0) return false;
  const found = matchAt(expression, rest.text, at);
  if (found !== null) rest.at = at + found.length;
  return found !== null;
}

/** The place behind the spaces, of which two count. */
export function skipSpaces(text: string, at: number): number {
  const next = skipSpace(text, at);
  return next === at ? at : skipSpace(text, next);
}

/** The place behind the space, of which one counts. */
export function skipSpace(text: string, at: number): number {
  return text.charCodeAt(at) === SPACE ? at + 1 : at;
}

/** True where the text ends, or with what no word and no unit begins. */
export function isNothingAt(text: string, at: number): boolean {
  return at >= text.length || (kindAt(text, at) & NOTHING) !== 0;
}

/** True where a currency, a power of ten or «/м2» may begin. */
export function mayBeMoneyAt(text: string, at: number): boolean {
  return (kindAt(text, at) & MONEY) !== 0;
}

function kindAt(text: string, at: number): number {
  // Behind the end there is no code at all.
  return at < text.length ? (KINDS[text.charCodeAt(at)] ?? 0) : 0;
}
