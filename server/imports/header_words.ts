/** What a column may be. `index` («№ п/п») is known so that it is taken for nothing else. */
type ColumnMeaning = "name" | "unit" | "quantity" | "price" | "sum" | "code" | "index";

/** From the surest to the least; the first that fits wins. «Стоимость» alone is decided by its company. */
const MEANINGS: readonly (readonly [expression: RegExp, meaning: ColumnMeaning | "cost"])[] = [
  [/^(?:№|n|no|п п|№ п п|№ пп|пп|номер|номер п п|поз|позиция №|№ поз|№ строки)$/, "index"],
  [/код|артикул|шифр|обоснование|sku|№ расценки|единичной расценки/, "code"],
  [/^(?:ед|единица|е и|unit|uom)(?: |$)|^(?:изм|измер\p{L}*)$|^ед изм/u, "unit"],
  [/кол во|количеств|^кол$|^объем|^обьем|^qty|quantity|^к во|^площадь$/, "quantity"],
  [
    /(?:цена|стоимость|расценка|тариф|ставка|руб)(?: \p{L}+)* (?:за|на) (?:1 )?(?:ед|шт|м2|м²|единиц)/u,
    "price",
  ],
  [/^за (?:1 )?(?:ед|единиц)|^(?:стоимость|руб)(?: \p{L}+)* ед(?:иниц\p{L}*)?(?: |$)/u, "price"],
  [
    /^(?:сумма|итого|всего|общая|total|amount|sum)(?: |$)|(?:стоимость|цена)(?: \p{L}+)* (?:всего|общая|итого)|общая стоимость/u,
    "sum",
  ],
  [/^(?:цена|расценк|тариф|прайс|price|rate|ставка)/, "price"],
  [/^стоимость|^руб/, "cost"],
  [
    /наименование|название|^вид(?:ы)? работ|^работ[аы]?(?: |$)|описание|номенклатура|^материалы?(?: |$)|^товар|^услуг|^позици|^состав работ|перечень|^name|description/,
    "name",
  ],
];

export type HeaderRow = ReadonlyMap<ColumnMeaning, number>;

/** What the cells of a row say the columns are; empty when the row is no header. */
export function readHeader(cells: readonly string[]): HeaderRow {
  const found = new Map<ColumnMeaning, number>();
  const costs: number[] = [];
  for (const [column, cell] of cells.entries()) {
    const meaning = meaningOf(cell);
    if (meaning === "cost") costs.push(column);
    else if (meaning !== null && !found.has(meaning)) found.set(meaning, column);
  }
  for (const column of costs) {
    // «Цена | Стоимость» is a sum, «Стоимость | Сумма» a price; alone it is a price of a price list.
    const isSum = found.has("price") || (found.has("quantity") && !found.has("sum"));
    const meaning = isSum ? "sum" : "price";
    if (!found.has(meaning)) found.set(meaning, column);
  }
  return isHeader(found) ? found : new Map();
}

/** Longer texts are names of works, not of columns. */
const MAX_LENGTH = 60;

function meaningOf(cell: string): ColumnMeaning | "cost" | null {
  if (cell.length > MAX_LENGTH) return null;
  const words = headerWords(cell);
  if (words === "") return null;
  return MEANINGS.find(([expression]) => expression.test(words))?.[1] ?? null;
}

/** Lower case, ё as е, only letters, figures and №. */
export function headerWords(cell: string): string {
  return cell
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[^\p{L}\d№²]+/gu, " ")
    .trim();
}

function isHeader(found: HeaderRow): boolean {
  const others = ["unit", "quantity", "price", "sum"] as const;
  return found.has("name") && others.some((meaning) => found.has(meaning));
}
