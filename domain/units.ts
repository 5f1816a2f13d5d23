import { remembering } from "./remembering.ts";
import { type Unit, UNITS } from "./unit_table.ts";

/** Longer than any unit; beyond it the text is something else. */
const MAX_UNIT_LENGTH = 30;
/** «квадратныхметров» and a good deal of room; most words of a list are no unit. */
const MAX_KEY_LENGTH = 24;
/** Letters that are drawn alike in both alphabets: «m2» typed with a Latin m is м². */
const LATIN = "acekmoptxyh";
const CYRILLIC = "асекмортхун";
const LATIN_LETTER = /[acekmoptxyh]/;

const SAME: Readonly<Record<string, string>> = { ё: "е", "²": "2", "³": "3" };
/** What each character of Latin and Cyrillic is in a key. */
const KEYS = Array.from({ length: 0x500 }, (_, code) => keyOf(String.fromCharCode(code)));

const bySpelling = new Map<string, Unit>();
for (const unit of UNITS) {
  for (const spelling of [unit.label, ...unit.spellings]) bySpelling.set(unitKey(spelling), unit);
}

/** The known unit of any spelling: «кв.м», «м/п», «комплекта», «м2» with a Latin m. */
export function findUnit(text: string): Unit | null {
  const exact = bySpelling.get(text);
  if (exact) return exact;
  if (text.length > 3 * MAX_UNIT_LENGTH) return null;
  return searchUnit(text);
}

const searchUnit = remembering(500, (text): Unit | null => {
  const key = unitKey(text);
  if (key.length > MAX_KEY_LENGTH) return null;
  const known = bySpelling.get(key);
  if (known || !LATIN_LETTER.test(key)) return known ?? null;
  return bySpelling.get(foldLatin(key)) ?? null;
});

/**
 * The form in which a unit is stored: the label of a known unit («кв.м» → «м²», «100 м2» → «100 м²»),
 * otherwise the text itself, tidied, for every trade has units of its own. Null when it is blank, too
 * long or has no letter.
 */
export function normaliseUnit(text: string): string | null {
  const split = splitUnitFactor(text);
  if (split === null || split.factor === 1n) return split?.unit ?? null;
  return `${split.factor} ${split.unit}`;
}

/** Bases for prices in norms: «100 м2» is a hundred of «м²». A plain unit has the factor 1. */
export function splitUnitFactor(text: string): { factor: bigint; unit: string } | null {
  const match = /^\s*(\d{1,6})\s*(?=\D)(.*)$/s.exec(text);
  const unit = labelOf(match?.[2] ?? text);
  const factor = BigInt(match?.[1] ?? 1);
  return unit === null || factor === 0n ? null : { factor, unit };
}

/** The code by ОКЕИ for documents and CRMs, null when the classifier has no such unit. */
export function okeiCode(unit: string): number | null {
  return findUnit(unit)?.okei ?? null;
}

/** The label of the unit with this ОКЕИ code, for what comes back from a CRM. */
export function unitByOkei(code: number): string | null {
  return UNITS.find((unit) => unit.okei === code)?.label ?? null;
}

function labelOf(text: string): string | null {
  const known = findUnit(text);
  if (known) return known.label;
  const tidied = text.replace(/\s+/g, " ").trim();
  return tidied.length <= MAX_UNIT_LENGTH && /\p{L}/u.test(tidied) ? tidied : null;
}

/** Letters and digits alone, in lower case: every number of a pasted list asks for it, so no expressions. */
function unitKey(text: string): string {
  let key = "";
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    key += code < KEYS.length ? (KEYS[code] ?? "") : keyOf(text.charAt(at));
  }
  return key;
}

function keyOf(character: string): string {
  if (!/[\p{L}\d²³]/u.test(character)) return "";
  return SAME[character.toLowerCase()] ?? character.toLowerCase();
}

function foldLatin(key: string): string {
  let folded = "";
  for (const letter of key) folded += CYRILLIC[LATIN.indexOf(letter)] ?? letter;
  return folded;
}
