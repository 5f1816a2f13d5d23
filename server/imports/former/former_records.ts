import { type ClientFields, clientFieldsSchema } from "../../../domain/clients.ts";
import type { LineKind } from "../../../domain/estimate/estimate.ts";
import { type Kopecks, ZERO } from "../../../domain/money.ts";
import { parsePhones } from "../../../domain/phones.ts";
import { QUANTITY_ONE, type Quantity } from "../../../domain/quantity.ts";
import { cutText } from "../../../domain/text.ts";
import { normaliseUnit } from "../../../domain/units.ts";
import { exactDecimal, readMoneyCell, readQuantityCell } from "../cells.ts";
import type { FormerRow, FormerValue } from "./former_rows.ts";

/** Spellings of a column that former versions used, the usual one first. */
const COLUMNS = {
  id: ["id", "uuid"],
  clientName: ["client_name", "name", "full_name", "fio", "title"],
  phone: ["client_phone", "phone", "phone_number", "tel"],
  email: ["email", "client_email", "mail"],
  address: ["address", "client_address", "location"],
  inn: ["inn"],
  note: ["note", "notes", "comment", "description"],
  clientId: ["client_id", "client"],
  projectTitle: ["project_name", "name", "title", "address"],
  projectId: ["project_id", "project"],
  number: ["estimate_number", "number"],
  estimateTitle: ["title", "name", "project_name"],
  inlineClient: ["client_name"],
  total: ["total_amount", "total", "amount", "total_price"],
  foreman: ["foreman", "foreman_name", "author", "created_by"],
  estimateId: ["estimate_id", "estimate"],
  itemName: ["name", "title", "work_name", "item_name", "description"],
  unit: ["unit", "unit_name", "measure", "units"],
  quantity: ["quantity", "qty", "volume", "count"],
  price: ["price", "unit_price", "price_per_unit", "cost_per_unit", "rate", "cost"],
  itemTotal: ["total", "total_price", "total_amount", "sum", "amount"],
  section: ["section", "section_name", "category", "category_name", "group"],
  kind: ["kind", "type", "item_type"],
  order: ["order", "position", "sort_order", "id"],
} as const;

type Column = keyof typeof COLUMNS;

/** Looks values up by meaning, and knows which columns nobody asked for. */
export class RowReader {
  readonly #row: FormerRow;
  readonly #used = new Set<string>();

  constructor(row: FormerRow) {
    this.#row = row;
  }

  /** Empty when no spelling of the column has a value. */
  text(column: Column): string {
    for (const name of COLUMNS[column]) {
      const value = this.#row[name];
      if (value === undefined) continue;
      this.#used.add(name);
      const text = value === null ? "" : textOf(value);
      if (text !== "") return text;
    }
    return "";
  }

  /** Everything that was not asked for, as JSON can hold it. */
  extra(): Record<string, string | number | boolean | null> {
    return Object.fromEntries(
      Object.entries(this.#row)
        .filter(([name]) => !this.#used.has(name))
        .map(([name, value]) => [name, typeof value === "bigint" ? jsonNumber(value) : value]),
    );
  }
}

function textOf(value: Exclude<FormerValue, null>): string {
  // SQLite keeps decimals as binary fractions: 0.1 + 0.2 is 0.30000000000000004 there.
  if (typeof value === "number") return exactDecimal(String(value)) ?? String(value);
  return String(value).trim();
}

function jsonNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

export function readClient(reader: RowReader): ClientFields {
  const name = reader.text("clientName");
  const phone = reader.text("phone");
  const email = reader.text("email");
  const inn = reader.text("inn").replaceAll(/\D/g, "");
  const parsed = parsePhones(phone);
  const phones = parsed.map(({ e164, raw }) => ({ raw: cutText(raw, 50), e164 }));
  const unread =
    phones.length === 0 && phone !== "" ? [{ raw: cutText(phone, 50), e164: null }] : [];
  return clientFieldsSchema.parse({
    name: cutText(name || phone || email || "Без имени", 200),
    kind: /(^|[\s"«])(ооо|оао|зао|пао|ао|ип)([\s"«]|$)/i.test(name) ? "organisation" : "person",
    phones: [...phones, ...unread].slice(0, 10),
    emails: email ? [cutText(email, 200)] : [],
    inn: /^(\d{10}|\d{12})$/.test(inn) ? inn : "",
    address: cutText(reader.text("address"), 300),
    note: cutText(reader.text("note"), 2000),
  });
}

export interface FormerItem {
  readonly section: string | null;
  readonly kind: LineKind;
  readonly name: string;
  readonly unit: string;
  readonly quantity: Quantity;
  readonly price: Kopecks;
}

/** `problem`: a Russian sentence about a line that is brought all the same, or about one that is not. */
export type ItemResult =
  | { readonly ok: true; readonly item: FormerItem; readonly problem: string | null }
  | { readonly ok: false; readonly problem: string };

export function readItem(reader: RowReader): ItemResult {
  const name = cutText(reader.text("itemName"), 500);
  if (name === "") return { ok: false, problem: "строка без названия" };
  const quantity = readQuantityCell(reader.text("quantity"));
  const price = readMoneyCell(reader.text("price"));
  if (quantity?.ok === false) return { ok: false, problem: `«${name}»: количество не читается` };
  if (price?.ok === false) return { ok: false, problem: `«${name}»: цена не читается` };
  const unit = reader.text("unit");
  const section = reader.text("section");
  reader.text("itemTotal");
  const isMaterial = /матер|material|товар/i.test(`${reader.text("kind")} ${section}`);
  return {
    ok: true,
    problem: price === null ? `«${name}»: без цены` : null,
    item: {
      section: section ? cutText(section, 200) : null,
      kind: isMaterial ? "material" : "work",
      name,
      unit: cutText(normaliseUnit(unit) ?? unit, 20),
      quantity: quantity?.value ?? QUANTITY_ONE,
      price: price?.value ?? ZERO,
    },
  };
}

/** Null: none is given, or it can't be read. */
export function readTotal(reader: RowReader): Kopecks | null {
  const total = readMoneyCell(reader.text("total"));
  return total?.ok ? total.value : null;
}
