import { kopecks, type Kopecks, MAX_KOPECKS } from "../money.ts";
import type { Percent } from "../percent.ts";
import { parsePercentRu } from "../numbers_ru.ts";
import { isDigitAt } from "./characters.ts";
import { endAfter, MAX_EFFORT } from "./effort.ts";
import { lex, MAX_NUMBERS } from "./lexer.ts";
import type { NumberElement } from "./numbers.ts";
import { roundTo } from "./prices.ts";
import type { NoteCode, StatedTotal } from "./types.ts";

/** Rows that are understood but are no positions: totals, percentages, payments, details of a contract. */
export type SideRow =
  | {
      readonly kind: "total";
      readonly scope: StatedTotal["scope"] | null;
      readonly stated: Kopecks;
    }
  | {
      readonly kind: "note";
      readonly code: NoteCode;
      readonly percent: Percent | null;
      readonly amount: Kopecks | null;
    };

const TOTAL =
  /^(?:общ(?:ий|ая|ее) )?(?:итого|итог|всего|подытог|сумма|к оплате|total|(?:общая )?стоимость(?: (?:всех )?(?:работ|материалов))?)(?![а-яёa-z])/i;
const NOTES: readonly (readonly [expression: RegExp, code: NoteCode])[] = [
  [/^(?:со? |минус |за вычетом )?скидк/i, "discount"],
  [/^(?:в ?т\.? ?ч\.? |в том числе |без |сумма |с |плюс )?ндс(?![а-яёa-z])/i, "vat"],
  [/^(?:аванс|предоплат|остаток|оплат|задолжен)/i, "payment"],
  [/^(?:добр(?:ый|ое|ого)|здравствуй|привет|спасибо|с уважением)(?:те)?(?![а-яёa-z])/i, "greeting"],
];
const DETAIL =
  /^(?:сроки?|гарантия|дата|адрес|объект|заказчик|клиент|исполнитель|подрядчик|бригадир|прораб|тел|телефон|договор|инн|кпп|огрн|огрнип|площадь|примечани[ея]|прим|p\.?s|действительн[аоы]|e-?mail|почта|сайт)(?![а-яёa-z])(?<rest>.*)$/is;
/** «Смета действительна 10 дней», «ИП Иванов, ИНН 667412345678» */
const REQUISITE = /действительн|(?:инн|огрн(?:ип)?|р\/с|бик):? ?\d{8}/i;
/** «Накладные расходы 15 %»: what follows the last digit of a row that ends with a percentage. */
const ENDS_WITH_PERCENT = /^[.,]* ?%[ .;)]*(?:\(?(?:от|на|с) [^\d]*)?$/;
const PHONE = /(?:^|\D)(?:\+?7|8)[ (-]*\d{3}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)/;
/** A line break of the head of a table: «№ Наименование Ед. Кол-во Цена Сумма». */
const HEADINGS_OF_COLUMNS =
  /^(?:№|п\/?п|наименование|название|работ[аы]?|материал(?:ы|ов)?|вид|ед|изм|единица|измерения|кол-?во|количество|объ[её]м|цена|расценка|сумма|стоимость|руб|за|и|всего|итого|примечание)$/i;
const WORD_OF_HEAD = /[^ \t,;|.()]+/g;
/** Two dozen columns. */
const LONGEST_HEAD = 250;

/** What totals and notes begin with, so that most rows are not looked at closely. */
const BEGINNING = /^(?:[ксв] |вт|об|ит|вс|по|су|to|ст|со|ми|за|ск|бе|пл|нд|ав|пр|ос|оп|до|зд|сп)/i;

/**
 * Null for a row that may be a position or a heading. A position that is certain is no detail. The
 * row may take effort `until`.
 */
export function readSideRow(
  text: string,
  isCertain: boolean,
  until: number = endAfter(MAX_EFFORT),
): SideRow | null {
  const worded = BEGINNING.test(text) ? readWorded(text, isCertain, until) : undefined;
  if (worded !== undefined) return worded;
  if (isCertain) return null;
  if (isColumnHead(text)) return note("header", text, until);
  if (text.includes("%") && ENDS_WITH_PERCENT.test(behindDigits(text)))
    return note("markup", text, until);
  if (REQUISITE.test(text)) return note("detail", text, until);
  const detail = DETAIL.exec(text)?.groups?.["rest"];
  const isDetail = detail !== undefined && (/^[ .]*:/.test(detail) || /\d/.test(detail));
  return isDetail || PHONE.test(text) ? note("detail", text, until) : null;
}

/** What follows the last digit, empty without one. */
function behindDigits(text: string): string {
  let at = text.length - 1;
  while (at >= 0 && !isDigitAt(text, at)) at -= 1;
  return at === -1 ? "" : text.slice(at + 1);
}

/** Undefined for a row that begins with none of the words of totals and notes. */
function readWorded(text: string, isCertain: boolean, until: number): SideRow | null | undefined {
  if (TOTAL.test(text)) return readTotal(text, until);
  for (const [expression, code] of NOTES) {
    if (expression.test(text) && !(code === "payment" && isCertain)) {
      return note(code, text, until);
    }
  }
  return undefined;
}

function readTotal(text: string, until: number): SideRow | null {
  if (numbersOf(text, until).some((number) => number.per !== null)) return null;
  const amount = lastAmount(text, until);
  if (amount === null) return /\d/.test(text) ? null : note("header", text, until);
  // With VAT or a discount inside it can't be compared with the lines.
  if (/ндс/i.test(text)) return note("vat", text, until);
  if (/скидк/i.test(text.replace(/без скидк/gi, ""))) return note("discount", text, until);
  return { kind: "total", scope: scopeOf(text), stated: amount };
}

function scopeOf(text: string): StatedTotal["scope"] | null {
  if (/раздел|комнат|этап/i.test(text)) return "section";
  const isWorks = /работ/i.test(text);
  const isMaterials = /материал/i.test(text);
  if (isWorks !== isMaterials) return isWorks ? "works" : "materials";
  return isWorks || /смет|общ|всего по|вместе/i.test(text) ? "all" : null;
}

function note(code: NoteCode, text: string, until: number): SideRow {
  const isSum = code === "discount" || code === "vat" || code === "markup" || code === "payment";
  return {
    kind: "note",
    code,
    percent: lastPercent(text),
    amount: isSum ? lastAmount(text, until) : null,
  };
}

function lastPercent(text: string): Percent | null {
  const digits = /(?:^|\D)(\d[\d.,]*) ?%/.exec(text)?.[1];
  const read = digits === undefined ? null : parsePercentRu(digits.replace(/[.,]$/, ""));
  return read?.ok ? read.value : null;
}

/** The last number that is neither a quantity nor a percentage. */
function lastAmount(text: string, until: number): Kopecks | null {
  const last = numbersOf(text, until).findLast((number) => number.unit === null);
  if (last === undefined || last.couldBeThousands) return null;
  const { value } = roundTo(last.decimal, 2);
  return value <= MAX_KOPECKS ? kopecks(value) : null;
}

function numbersOf(text: string, until: number): NumberElement[] {
  const { elements, excess } = lex(text, until);
  const numbers = elements.filter((element) => element.type === "number");
  return excess || numbers.length > MAX_NUMBERS ? [] : numbers;
}

function isColumnHead(text: string): boolean {
  if (text.length > LONGEST_HEAD) return false;
  let words = 0;
  WORD_OF_HEAD.lastIndex = 0;
  for (let word = WORD_OF_HEAD.exec(text); word !== null; word = WORD_OF_HEAD.exec(text)) {
    if (!HEADINGS_OF_COLUMNS.test(word[0])) return false;
    words += 1;
  }
  return words >= 3;
}
