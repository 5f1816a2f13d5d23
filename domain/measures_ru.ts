import { tidyNumberText } from "./decimal_ru.ts";
import {
  isFormula,
  type Measure,
  MEASURES,
  readReference,
  referTo,
  type Room,
} from "./measures.ts";

/** Formulas of quantities as people write and read them: «стены кухни × 1,05». */

export const MEASURE_NAMES: Readonly<Record<Measure, string>> = {
  floor: "пол",
  walls: "стены",
  ceiling: "потолок",
  perimeter: "периметр",
  skirting: "плинтус",
};

/** The words in any of their forms. */
const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  floor: "пол(?:а|у|ом|ы|ов|ам)?",
  walls: "стен\\p{L}*",
  ceiling: "потол\\p{L}*",
  perimeter: "периметр\\p{L}*",
  skirting: "плинтус\\p{L}*",
};

type Rooms = ReadonlyMap<string, Room>;

/**
 * Reads «стены кухни × 1,05 + пол коридора» into a formula. Names of rooms may stand in any case; with
 * one room its name may be left out. Null when the text names no room or is no arithmetic.
 */
export function readFormula(text: string, rooms: Rooms): string | null {
  let formula = fold(tidyNumberText(text)).replace(/^=/, "");
  // The longest names first: «Комната 2» is not «Комната».
  const ordered = [...rooms.values()].sort((a, b) => b.name.length - a.name.length);
  for (const room of ordered) formula = putReferences(formula, room, namePattern(room.name));
  const [only] = ordered;
  if (ordered.length === 1 && only) formula = putReferences(formula, only, null);
  const tidied = formula
    .replace(/[xх×·∙]/gu, "*")
    .replace(/[:÷]/g, "/")
    .replace(/ /g, "")
    .replaceAll(",", ".");
  return isFormula(tidied) ? tidied : null;
}

/** The formula with the names of its rooms: «стены Кухня × 1,05». */
export function describeFormula(formula: string, rooms: Rooms): string {
  return formula
    .split(/(\{[^{}]*\})/)
    .map((part) => (part.startsWith("{") ? nameReference(part, rooms) : spread(part)))
    .join("")
    .trim();
}

/** «стены Кухня» for a reference with its braces. */
function nameReference(text: string, rooms: Rooms): string {
  const reference = readReference(text.slice(1, -1));
  const room = reference && rooms.get(reference.roomId);
  return room ? `${MEASURE_NAMES[reference.measure]} ${room.name}` : "?";
}

/** Signs between spaces, commas in decimals. */
function spread(arithmetic: string): string {
  return arithmetic.replaceAll(".", ",").replace(/[-+*/]/g, (sign) => ` ${SIGNS[sign] ?? sign} `);
}

const SIGNS: Readonly<Record<string, string>> = { "*": "×", "-": "−" };

function putReferences(text: string, room: Room, name: string | null): string {
  return MEASURES.reduce((result, measure) => {
    const words = name === null ? MEASURE_WORDS[measure] : `${MEASURE_WORDS[measure]} ${name}`;
    const pattern = new RegExp(`(^|[^\\p{L}\\p{N}.{])${words}(?![\\p{L}\\p{N}])`, "giu");
    return result.replace(pattern, `$1${referTo(room.id, measure)}`);
  }, text);
}

/** «Ванная комната» in any case: endings of its words are free. */
function namePattern(name: string): string {
  return fold(name)
    .split(" ")
    .map((word) => {
      const stem = word.replace(/[аеиоуыэюяйь]{1,2}$/, "");
      const isWord = /^\p{L}{3,}$/u.test(stem);
      return isWord ? `${stem}\\p{L}{0,3}` : word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join(" ");
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();
}
