import type { LineKind } from "../estimate/estimate.ts";
import { type Row, trimSigns } from "./text.ts";

/** What sections are called after: trades, rooms, parts of a house. */
const SUBJECT =
  /^(?:чернов|чистов|отделочн|общестро|строительн|подготовит|материал|расходн|прочее|прочие|разное|дополнит|доп(?![а-яёa-z]{4})|пол(?:ы|ов|а)?(?![а-яёa-z])|стен|потол|перегород|перекрыт|двер|окна|окон|проемы|проёмы|откосы|электр|слаботоч|освещен|сантех|водосн|водоот|отоплен|канализ|вентил|кондиц|инженерн|сет[ьи]|ванная|ванной|санузел|санузл|с\/у|туалет|кухн|коридор|прихож|спальн|зал(?![а-яёa-z])|гостин|детск|комнат|балкон|лоджи|кабинет|гардероб|холл|этаж|подвал|чердак|мансард|кровл|крыш|фасад|фундамент|цокол|стропил|водосточн|лестниц|забор|благоустр|бан[яи]|гараж|террас|крыльцо|столов|тамбур|фартук)/i;
/** What sections and positions alike are called after: a section only alone or with «работы». */
const ACTION =
  /^(?:демонтаж|монтаж|подготов|отдел|маляр|плиточн|штукатур|шпакл|гипсокартон|земляны|бетон|клад|утепл|облицов|покраск|сборк|накладн|транспорт|уборк|логистик)/i;
const FILLER = /^(?:и|с|в|на|по|общая|общие|первый|второй|третий|большая|малая|№?\d{1,2})$/i;
/** Of a section, in words. */
const LONGEST_NAME = 12;
const WORKS = /^работы?$/i;
const ROOM =
  /^(?:ванная|ванной|санузел|с\/у|туалет|кухня|кухне|коридор|прихожая|спальня|зал|гостиная|детская|комната|балкон|лоджия|кабинет|гардероб|холл|терраса|столовая|тамбур)(?![а-яёa-z])/i;
const TITLE =
  /^(?:смет|расч[её]т|калькуляц|коммерческое|кп(?![а-яёa-z])|объект|адрес|ремонт|ведомость|прайс|заявка|тз(?![а-яёa-z])|техзадание|дефектн)/i;
const ADDRESS = /(?:^|[ ,])(?:ул|улица|пр-?т|проспект|пер|дом|д|кв|корп|жк|снт)[. ] ?[а-яёa-z\d]/i;
const MATERIAL =
  /(?:^|[^а-яёa-z])(?:материал[ыа]?|мат-?лы|расходник[иа]?|расходные|комплектующие|закупка)(?![а-яёa-z])/i;
const WORK = /(?:^|[^а-яёa-z])работ/i;

const THREE_LETTERS = /^(?:\P{L}*\p{L}){3}/u;

/** How a heading is written: headings of one level look alike. */
export interface HeadingStyle {
  readonly isMarked: boolean;
  readonly endsWithColon: boolean;
  readonly isCapital: boolean;
  readonly depth: number;
}

export function styleOf(row: Row): HeadingStyle {
  return {
    isMarked: row.isMarkedHeading,
    endsWithColon: trimSigns(row.text, " .").endsWith(":"),
    isCapital: isCapital(row.text),
    depth: row.numbering === null ? 0 : row.numbering.split(".").length,
  };
}

function isCapital(text: string): boolean {
  if (/[a-zа-яё]/.test(text)) return false;
  return text === text.toUpperCase() && THREE_LETTERS.test(text);
}

export function isSameStyle(left: HeadingStyle, right: HeadingStyle): boolean {
  return (
    left.isMarked === right.isMarked &&
    left.endsWithColon === right.endsWithColon &&
    left.isCapital === right.isCapital &&
    left.depth === right.depth
  );
}

/** Written so that it can be nothing but a heading, numbering aside. */
export function isPlainHeading({ isMarked, endsWithColon, isCapital }: HeadingStyle): boolean {
  return isMarked || endsWithColon || isCapital;
}

/** «Черновые работы», «Стены и потолки», «Кухня», «Демонтаж», but not «Демонтаж стен». */
export function isSectionName(text: string): boolean {
  const words: string[] = [];
  let length = 0;
  for (const [word] of headingText(text).matchAll(/[^\s,]+/g)) {
    length += 1;
    if (length > LONGEST_NAME) return false;
    if (FILLER.test(word)) continue;
    // A long row is known for none by its first words.
    if (words.length === 3) return false;
    words.push(word);
  }
  const [first] = words;
  if (first === undefined) return false;
  if (words.every((word) => SUBJECT.test(word) || WORKS.test(word))) return true;
  return ACTION.test(first) && words.slice(1).every((word) => WORKS.test(word));
}

/** «Кухня 12 м2» names a room with its area. */
export function isRoom(text: string): boolean {
  return ROOM.test(text);
}

/** «Смета кв. 54м2», «Объект: …», an address. */
export function isTitle(text: string): boolean {
  return TITLE.test(text) || ADDRESS.test(text);
}

/** «Объект: Ленина 12» */
export function isSubject(text: string): boolean {
  return /^(?:объект|адрес)(?![а-яёa-z])/i.test(text);
}

/** The words of a heading without colon and marks. */
export function headingText(text: string): string {
  const bare = trimSigns(text, " \t*_:.;,–—-").replace(/^[\s*_#]+/, "");
  return /^(?:"[^"]*"|«[^»]*»)$/.test(bare) ? bare.slice(1, -1) : bare;
}

/** «Материалы», «Черновые материалы», but not «Работы и материалы». Null when it tells nothing. */
export function kindOf(title: string): LineKind | null {
  if (WORK.test(title)) return "work";
  return MATERIAL.test(title) ? "material" : null;
}
