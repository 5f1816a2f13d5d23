import { z } from "zod";
import { discountSchema, type Header, type Line, LINE_KINDS } from "../domain/estimate/estimate.ts";
import { ESTIMATE_STATUSES } from "../domain/estimate/status.ts";
import type { Sums } from "../domain/estimate/totals.ts";
import { formatMoney } from "../domain/money.ts";
import { formatQuantity } from "../domain/quantity.ts";
import { vatModeSchema } from "../domain/vat.ts";
import { dayColumn, moneyColumn, percentColumn, quantityColumn } from "./columns.ts";

/** The sums that stand on an estimate and on each of its sections. */
export const sumsColumns = {
  work_amount: moneyColumn,
  material_amount: moneyColumn,
  own_work_amount: moneyColumn,
  own_material_amount: moneyColumn,
  cost_amount: moneyColumn,
  uncosted_count: z.number(),
  line_count: z.number(),
};

type SumsRow = { [Key in keyof typeof sumsColumns]: z.output<(typeof sumsColumns)[Key]> };

export function sumsOf(row: SumsRow): Sums {
  return {
    work: row.work_amount,
    material: row.material_amount,
    ownWork: row.own_work_amount,
    ownMaterial: row.own_material_amount,
    cost: row.cost_amount,
    uncosted: row.uncosted_count,
    lines: row.line_count,
  };
}

/** For writing: column name → text that PostgreSQL reads. */
export function sumsToColumns(sums: Sums) {
  return {
    work_amount: formatMoney(sums.work),
    material_amount: formatMoney(sums.material),
    own_work_amount: formatMoney(sums.ownWork),
    own_material_amount: formatMoney(sums.ownMaterial),
    cost_amount: formatMoney(sums.cost),
    uncosted_count: sums.uncosted,
    line_count: sums.lines,
  };
}

export const headerColumns = {
  title: z.string(),
  project_id: z.string().nullable(),
  client_id: z.string().nullable(),
  date: dayColumn,
  valid_until: dayColumn.nullable(),
  vat: vatModeSchema,
  discount: discountSchema.nullable(),
  price_kind: z.enum(["firm", "approximate"]),
  payment_terms: z.string(),
  warranty: z.string(),
  note: z.string(),
  internal_note: z.string(),
};

type HeaderRow = { [Key in keyof typeof headerColumns]: z.output<(typeof headerColumns)[Key]> };

export function headerOf(row: HeaderRow): Header {
  return {
    title: row.title,
    projectId: row.project_id,
    clientId: row.client_id,
    date: row.date,
    validUntil: row.valid_until,
    vat: row.vat,
    discount: row.discount,
    priceKind: row.price_kind,
    paymentTerms: row.payment_terms,
    warranty: row.warranty,
    note: row.note,
    internalNote: row.internal_note,
  };
}

export const sectionRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(LINE_KINDS),
  position: z.string(),
  ...sumsColumns,
});

export const lineRow = z
  .object({
    id: z.string(),
    section_id: z.string().nullable(),
    position: z.string(),
    kind: z.enum(LINE_KINDS),
    name: z.string(),
    unit: z.string(),
    quantity: quantityColumn,
    quantity_formula: z.string(),
    price: moneyColumn,
    cost: moneyColumn.nullable(),
    is_optional: z.boolean(),
    is_chosen: z.boolean(),
    price_source: z.enum(["typed", "catalogue", "history", "import"]),
    note: z.string(),
    internal_note: z.string(),
  })
  .transform((row): Line => ({
    id: row.id,
    sectionId: row.section_id,
    position: row.position,
    kind: row.kind,
    name: row.name,
    unit: row.unit,
    quantity: row.quantity,
    quantityFormula: row.quantity_formula,
    price: row.price,
    cost: row.cost,
    isOptional: row.is_optional,
    isChosen: row.is_chosen,
    priceSource: row.price_source,
    note: row.note,
    internalNote: row.internal_note,
  }));

/** For writing: column name → JSON that `jsonb_to_recordset` reads. */
export function lineToColumns(line: Line) {
  return {
    id: line.id,
    section_id: line.sectionId,
    position: line.position,
    kind: line.kind,
    name: line.name,
    unit: line.unit,
    quantity: formatQuantity(line.quantity),
    quantity_formula: line.quantityFormula,
    price: formatMoney(line.price),
    cost: line.cost === null ? null : formatMoney(line.cost),
    is_optional: line.isOptional,
    is_chosen: line.isChosen,
    price_source: line.priceSource,
    note: line.note,
    internal_note: line.internalNote,
  };
}

export const adjustmentRow = z
  .object({
    id: z.string(),
    position: z.string(),
    title: z.string(),
    percent: percentColumn,
    base: z.enum(["works", "materials", "all", "running"]),
    is_hidden: z.boolean(),
  })
  .transform(({ is_hidden: isHidden, ...row }) => ({ ...row, isHidden }));

export const statusColumn = z.enum(ESTIMATE_STATUSES);
