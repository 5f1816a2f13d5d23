import { kopecks, type Kopecks, MAX_KOPECKS } from "../money.ts";
import type { Percent } from "../percent.ts";
import { parsePercentRu } from "../numbers_ru.ts";
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
/** «Накладные расходы 15 %»: any row that ends with a percentage. */
const ENDS_WITH_PERCENT = /(?:^|\D)\d[\d.,]* ?%[ .;)]*(?:\(?(?:от|на|с) [^\d]*)?$/u;
const PHONE = /(?:^|\D)(?:\+?7|8)[ (-]*\d{3}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)/;
/** A line break of the head of a table: «№ Наименование Ед. Кол-во Цена Сумма». */
const HEADINGS_OF_COLUMNS =
  /^(?:№|п\/?п|наименование|название|работ[аы]?|материал(?:ы|ов)?|вид|ед|изм|единица|измерения|кол-?во|количество|объ[её]м|цена|расценка|сумма|стоимость|руб|за|и|всего|итого|примечание)$/i;
/** Two dozen columns. */
const LONGEST_HEAD = 250;

/** What totals and notes begin with, so that most rows are not looked at closely. */
const BEGINNING = /^(?:[ксв] |вт|об|ит|вс|по|су|to|ст|со|ми|за|ск|бе|пл|нд|ав|пр|ос|оп|до|зд|сп)/i;

/** Null for a row that may be a position or a heading. A position that is certain is no detail. */
export function readSideRow(text: string, isCertain: boolean): SideRow | null {
  const worded = BEGINNING.test(text) ? readWorded(text, isCertain) : undefined;
  if (worded !== undefined) return worded;
  if (isCertain) return null;
  if (isColumnHead(text)) return note("header", text);
  if (text.includes("%") && ENDS_WITH_PERCENT.test(text)) return note("markup", text);
  if (REQUISITE.test(text)) return note("detail", text);
  const detail = DETAIL.exec(text)?.groups?.["rest"];
  const isDetail = detail !== undefined && (/^[ .]*:/.test(detail) || /\d/.test(detail));
  return isDetail || PHONE.test(text) ? note("detail", text) : null;
}

/** Undefined for a row that begins with none of the words of totals and notes. */
function readWorded(text: string, isCertain: boolean): SideRow | null | undefined {
  if (TOTAL.test(text)) return readTotal(text);
  for (const [expression, code] of NOTES) {
    if (expression.test(text) && !(code === "payment" && isCertain)) return note(code, text);
  }
  return undefined;
}

function readTotal(text: string): SideRow | null {
  if (numbersOf(text).some((number) => number.per !== null)) return null;
  const amount = lastAmount(text);
  if (amount === null) return /\d/.test(text) ? null : note("header", text);
  // With VAT or a discount inside it can't be compared with the lines.
  if (/ндс/i.test(text)) return note("vat", text);
  if (/скидк/i.test(text.replace(/без скидк/gi, ""))) return note("discount", text);
  return { kind: "total", scope: scopeOf(text), stated: amount };
}

function scopeOf(text: string): StatedTotal["scope"] | null {
  if (/раздел|комнат|этап/i.test(text)) return "section";
  const isWorks = /работ/i.test(text);
  const isMaterials = /материал/i.test(text);
  if (isWorks !== isMaterials) return isWorks ? "works" : "materials";
  return isWorks || /смет|общ|всего по|вместе/i.test(text) ? "all" : null;
}

function note(code: NoteCode, text: string): SideRow {
  const isSum = code === "discount" || code === "vat" || code === "markup" || code === "payment";
  return {
    kind: "note",
    code,
    percent: lastPercent(text),
    amount: isSum ? lastAmount(text) : null,
  };
}

function lastPercent(text: string): Percent | null {
  const digits = /(?:^|\D)(\d[\d.,]*) ?%/.exec(text)?.[1];
  const read = digits === undefined ? null : parsePercentRu(digits.replace(/[.,]$/, ""));
  return read?.ok ? read.value : null;
}

/** The last number that is neither a quantity nor a percentage. */
function lastAmount(text: string): Kopecks | null {
  const last = numbersOf(text).findLast((number) => number.unit === null);
  if (last === undefined || last.couldBeThousands) return null;
  const { value } = roundTo(last.decimal, 2);
  return value <= MAX_KOPECKS ? kopecks(value) : null;
}

function numbersOf(text: string): NumberElement[] {
  const { elements, excess } = lex(text);
  const numbers = elements.filter((element) => element.type === "number");
  return excess || numbers.length > MAX_NUMBERS ? [] : numbers;
}

function isColumnHead(text: string): boolean {
  if (text.length > LONGEST_HEAD) return false;
  const first = /[^ \t,;|.()]+/.exec(text)?.[0];
  if (first === undefined || !HEADINGS_OF_COLUMNS.test(first)) return false;
  const words = text.split(/[ \t,;|.()]+/).filter((word) => word !== "");
  return words.length >= 3 && words.every((word) => HEADINGS_OF_COLUMNS.test(word));
}
