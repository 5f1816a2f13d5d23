import { z } from "zod";
import type { Adjustment, Line, Section } from "../domain/estimate/estimate.ts";
import type { Sums } from "../domain/estimate/totals.ts";
import type { Id } from "../domain/ids.ts";
import { formatPercent } from "../domain/percent.ts";
import type { Transaction } from "./client.ts";
import {
  adjustmentRow,
  lineRow,
  lineToColumns,
  sectionRow,
  sumsOf,
  sumsToColumns,
} from "./estimate_rows.ts";

/** More than an estimate may hold; a guard, not a page. */
const EVERYTHING = 20_000;

/** A section with the sums of its lines. */
export interface SectionWithSums {
  readonly section: Section;
  readonly sums: Sums;
}

export async function listSections(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<SectionWithSums[]> {
  const rows = await tx`
    select
      id, title, kind, position, work_amount, material_amount, own_work_amount,
      own_material_amount, cost_amount, uncosted_count, line_count
    from estimate_sections
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by position, id
    limit ${EVERYTHING}
  `;
  return z
    .array(sectionRow)
    .parse(rows)
    .map((row) => ({
      section: { id: row.id, title: row.title, kind: row.kind, position: row.position },
      sums: sumsOf(row),
    }));
}

export async function putSections(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  sections: readonly SectionWithSums[],
): Promise<void> {
  if (sections.length === 0) return;
  const rows = sections.map(({ section, sums }) => ({ ...section, ...sumsToColumns(sums) }));
  await tx`
    insert into estimate_sections (
      company_id, estimate_id, id, title, kind, position, work_amount, material_amount,
      own_work_amount, own_material_amount, cost_amount, uncosted_count, line_count
    )
    select
      ${companyId}, ${estimateId}, id, title, kind, position, work_amount, material_amount,
      own_work_amount, own_material_amount, cost_amount, uncosted_count, line_count
    from jsonb_to_recordset(${tx.json(rows)}) as given (
      id uuid, title text, kind text, position text, work_amount numeric, material_amount numeric,
      own_work_amount numeric, own_material_amount numeric, cost_amount numeric,
      uncosted_count int, line_count int
    )
    on conflict (company_id, estimate_id, id) do update
    set title = excluded.title, kind = excluded.kind, position = excluded.position,
      work_amount = excluded.work_amount, material_amount = excluded.material_amount,
      own_work_amount = excluded.own_work_amount,
      own_material_amount = excluded.own_material_amount, cost_amount = excluded.cost_amount,
      uncosted_count = excluded.uncosted_count, line_count = excluded.line_count
  `;
}

/** Removes a section and the lines that stand in it. */
export async function removeSection(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  id: Id,
): Promise<void> {
  await tx`
    delete from estimate_sections
    where company_id = ${companyId} and estimate_id = ${estimateId} and id = ${id}
  `;
}

export async function listLines(tx: Transaction, companyId: Id, estimateId: Id): Promise<Line[]> {
  const rows = await tx`
    select ${lineColumns(tx)}
    from estimate_lines
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by section_id, position, id
    limit ${EVERYTHING}
  `;
  return z.array(lineRow).parse(rows);
}

export async function findLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  ids: readonly Id[],
): Promise<Line[]> {
  if (ids.length === 0) return [];
  const rows = await tx`
    select ${lineColumns(tx)}
    from estimate_lines
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and id = any(${[...ids]}::uuid[])
    -- In the order of the primary key: of a table without statistics another index would be read as a whole.
    order by id
    limit ${EVERYTHING}
  `;
  return z.array(lineRow).parse(rows);
}

/** The lines whose quantity follows rooms. */
export async function listFollowingLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Line[]> {
  const rows = await tx`
    select ${lineColumns(tx)}
    from estimate_lines
    where company_id = ${companyId} and estimate_id = ${estimateId} and quantity_formula <> ''
    limit ${EVERYTHING}
  `;
  return z.array(lineRow).parse(rows);
}

function lineColumns(tx: Transaction) {
  return tx`
    id, section_id, position, kind, name, unit, quantity, quantity_formula, price, cost,
    is_optional, is_chosen, price_source, note, internal_note
  `;
}

/** Inserts or replaces lines, any number in one statement. */
export async function putLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  lines: readonly Line[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx`
    insert into estimate_lines (
      company_id, estimate_id, id, section_id, position, kind, name, unit, quantity,
      quantity_formula, price, cost, is_optional, is_chosen, price_source, note, internal_note
    )
    select
      ${companyId}, ${estimateId}, id, section_id, position, kind, name, unit, quantity,
      quantity_formula, price, cost, is_optional, is_chosen, price_source, note, internal_note
    from jsonb_to_recordset(${tx.json(lines.map(lineToColumns))}) as given (
      id uuid, section_id uuid, position text, kind text, name text, unit text, quantity numeric,
      quantity_formula text, price numeric, cost numeric, is_optional boolean, is_chosen boolean, price_source text,
      note text, internal_note text
    )
    on conflict (company_id, estimate_id, id) do update
    set section_id = excluded.section_id, position = excluded.position, kind = excluded.kind,
      name = excluded.name, unit = excluded.unit, quantity = excluded.quantity,
      quantity_formula = excluded.quantity_formula, price = excluded.price, cost = excluded.cost, is_optional = excluded.is_optional,
      is_chosen = excluded.is_chosen, price_source = excluded.price_source,
      note = excluded.note, internal_note = excluded.internal_note
  `;
}

export async function removeLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  ids: readonly Id[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from estimate_lines
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and id = any(${[...ids]}::uuid[])
  `;
}

/** The last place in each section (and before the first one: null), to add behind it. */
export async function findLastPositions(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Map<Id | null, string>> {
  // Each by the index, from its end: one condition for both kinds of places would read all lines, and so
  // would an order by the position alone where there is no section.
  const rows = await tx`
    select places.section_id, places.position
    from estimate_sections as sections
    cross join lateral (
      select section_id, position
      from estimate_lines
      where company_id = ${companyId} and estimate_id = ${estimateId}
        and section_id = sections.id
      order by position desc
      limit 1
    ) as places
    where sections.company_id = ${companyId} and sections.estimate_id = ${estimateId}
    union all
    (
      select section_id, position
      from estimate_lines
      where company_id = ${companyId} and estimate_id = ${estimateId} and section_id is null
      order by section_id desc, position desc
      limit 1
    )
    limit ${EVERYTHING}
  `;
  const places = z
    .array(z.object({ section_id: z.string().nullable(), position: z.string() }))
    .parse(rows);
  return new Map(places.map((place) => [place.section_id, place.position]));
}

export async function listAdjustments(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Adjustment[]> {
  const rows = await tx`
    select id, position, title, percent, base, is_hidden
    from estimate_adjustments
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by position, id
    limit ${EVERYTHING}
  `;
  return z.array(adjustmentRow).parse(rows);
}

export async function putAdjustments(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  adjustments: readonly Adjustment[],
): Promise<void> {
  if (adjustments.length === 0) return;
  const rows = adjustments.map(({ isHidden, percent, ...rest }) => ({
    ...rest,
    percent: formatPercent(percent),
    is_hidden: isHidden,
  }));
  await tx`
    insert into estimate_adjustments (
      company_id, estimate_id, id, position, title, percent, base, is_hidden
    )
    select ${companyId}, ${estimateId}, id, position, title, percent, base, is_hidden
    from jsonb_to_recordset(${tx.json(rows)}) as given (
      id uuid, position text, title text, percent numeric, base text, is_hidden boolean
    )
    on conflict (company_id, estimate_id, id) do update
    set position = excluded.position, title = excluded.title, percent = excluded.percent,
      base = excluded.base, is_hidden = excluded.is_hidden
  `;
}

export async function removeAdjustments(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  ids: readonly Id[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from estimate_adjustments
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and id = any(${[...ids]}::uuid[])
  `;
}
