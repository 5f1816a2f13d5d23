import { z } from "zod";
import { type Discount, discountSchema, type Header } from "../domain/estimate/estimate.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import type { Sums } from "../domain/estimate/totals.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import {
  headerColumns,
  headerOf,
  statusColumn,
  sumsColumns,
  sumsOf,
  sumsToColumns,
} from "./estimate_rows.ts";

const sequenceRow = z.object({ last_sequence: z.number() });

/** The next number of the company's year. Gapless: a rolled back creation gives it back. */
export async function takeEstimateSequence(
  tx: Transaction,
  companyId: Id,
  year: number,
): Promise<number> {
  const [row] = await tx`
    insert into estimate_counters as counter (company_id, year, last_sequence)
    values (${companyId}, ${year}, 1)
    on conflict (company_id, year) do update
    set last_sequence = counter.last_sequence + 1
    returning last_sequence
  `;
  return sequenceRow.parse(row).last_sequence;
}

export interface NewEstimate {
  readonly id: Id;
  readonly year: number;
  readonly sequence: number;
  readonly header: Header;
  readonly foremanId: Id;
  readonly createdBy: Id;
  /** Null: an estimate of its own. */
  readonly extra: {
    readonly parentId: Id;
    readonly sequence: number;
    readonly reason: string;
  } | null;
}

/** Inserts an empty estimate at version 1, whose log entry the caller writes. */
export async function insertEstimate(
  tx: Transaction,
  companyId: Id,
  estimate: NewEstimate,
): Promise<void> {
  await tx`
    insert into estimates ${tx({
      company_id: companyId,
      id: estimate.id,
      number_year: estimate.year,
      number_sequence: estimate.sequence,
      version: 1,
      foreman_id: estimate.foremanId,
      created_by: estimate.createdBy,
      kind: estimate.extra ? "extra" : "main",
      parent_id: estimate.extra?.parentId ?? null,
      extra_sequence: estimate.extra?.sequence ?? null,
      reason: estimate.extra?.reason ?? "",
      ...headerToColumns(tx, estimate.header),
    })}
  `;
}

const stateRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    parent_id: z.string().nullable(),
    reason: z.string(),
    status: statusColumn,
    version: z.number(),
    revision: z.number(),
    foreman_id: z.string(),
    created_by: z.string(),
    created_at: z.date(),
    updated_at: z.date(),
    removed_at: z.date().nullable(),
    ...headerColumns,
    ...sumsColumns,
  })
  .transform((row) => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    year: row.number_year,
    sequence: row.number_sequence,
    extra:
      row.parent_id === null
        ? null
        : { parentId: row.parent_id, sequence: row.extra_sequence ?? 0, reason: row.reason },
    status: row.status,
    version: row.version,
    revision: row.revision,
    foremanId: row.foreman_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    isRemoved: row.removed_at !== null,
    header: headerOf(row),
    sums: sumsOf(row),
  }));

/** An estimate without its sections and lines. */
export type EstimateState = z.output<typeof stateRow>;

function stateColumns(tx: Transaction) {
  return tx`
    id, number_year, number_sequence, extra_sequence, parent_id, reason, status, version, revision,
    foreman_id, created_by,
    created_at, updated_at, removed_at, title, project_id, client_id, date, valid_until, vat,
    discount, price_kind, payment_terms, warranty, note, internal_note, work_amount,
    material_amount, own_work_amount, own_material_amount, cost_amount, uncosted_count, line_count
  `;
}

export async function findEstimate(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<EstimateState | null> {
  const [row] = await tx`
    select ${stateColumns(tx)}
    from estimates
    where company_id = ${companyId} and id = ${id}
  `;
  return row ? stateRow.parse(row) : null;
}

/** Locks the estimate until the transaction ends: changes of one estimate go one after another. */
export async function lockEstimate(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<EstimateState | null> {
  const [row] = await tx`
    select ${stateColumns(tx)}
    from estimates
    where company_id = ${companyId} and id = ${id}
    for no key update
  `;
  return row ? stateRow.parse(row) : null;
}

/** What a batch of changes leaves on the estimate itself. */
export async function updateEstimate(
  tx: Transaction,
  companyId: Id,
  id: Id,
  values: { version: number; sums: Sums; total: Kopecks; header: Header | null },
): Promise<void> {
  await tx`
    update estimates
    set ${tx({
      version: values.version,
      total_amount: formatMoney(values.total),
      ...sumsToColumns(values.sums),
      ...(values.header ? headerToColumns(tx, values.header) : {}),
    })}, updated_at = now()
    where company_id = ${companyId} and id = ${id}
  `;
}

export async function setEstimateStatus(
  tx: Transaction,
  companyId: Id,
  id: Id,
  status: EstimateStatus,
): Promise<void> {
  await tx`
    update estimates
    set status = ${status}, updated_at = now()
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Removes softly or brings back: the number stays taken. */
export async function setEstimateRemoved(
  tx: Transaction,
  companyId: Id,
  id: Id,
  isRemoved: boolean,
): Promise<void> {
  await tx`
    update estimates
    set removed_at = case when ${isRemoved} then now() end, updated_at = now()
    where company_id = ${companyId} and id = ${id}
  `;
}

export interface EstimateFilter {
  /** Lower-case words; each must be found in the number, a title, an address, a name or a phone. */
  readonly words: readonly string[];
  readonly status: EstimateStatus | null;
  readonly projectId: Id | null;
  readonly clientId: Id | null;
  /** Only estimates that this person made or is the foreman of. */
  readonly ownerId: Id | null;
  /** Only these, archived ones too. */
  readonly ids?: readonly Id[];
  /** The id of the last row of the page before. */
  readonly before: Id | null;
  readonly limit: number;
}

const listRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    title: z.string(),
    status: statusColumn,
    project_title: z.string().nullable(),
    client_name: z.string().nullable(),
    total_amount: moneyColumn,
    line_count: z.number(),
    updated_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    title: row.title,
    status: row.status,
    projectTitle: row.project_title,
    clientName: row.client_name,
    total: row.total_amount,
    lineCount: row.line_count,
    updatedAt: row.updated_at,
  }));
const listRows = z.array(listRow);

/** Newest first, `limit` + 1 rows at most: the one too many tells that there is a next page. */
export async function listEstimates(tx: Transaction, companyId: Id, filter: EstimateFilter) {
  const { words, status, projectId, clientId, ownerId, ids, before, limit } = filter;
  const ofStatus = status
    ? tx`and estimates.status = ${status}`
    : tx`and estimates.status <> 'archived'`;
  const rows = await tx`
    select
      estimates.id, estimates.number_year, estimates.number_sequence, estimates.extra_sequence,
      estimates.title,
      estimates.status, estimates.total_amount, estimates.line_count, estimates.updated_at,
      projects.title as project_title, clients.name as client_name
    from estimates
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where estimates.company_id = ${companyId}
      and estimates.removed_at is null
      ${before ? tx`and estimates.id < ${before}` : tx``}
      ${ids ? tx`and estimates.id = any(${[...ids]}::uuid[])` : ofStatus}
      ${projectId ? tx`and estimates.project_id = ${projectId}` : tx``}
      ${clientId ? tx`and estimates.client_id = ${clientId}` : tx``}
      ${ownerId ? tx`and ${ownerId} in (estimates.foreman_id, estimates.created_by)` : tx``}
      ${words.length > 0 ? words.map((word) => matching(tx, word)) : tx``}
    order by estimates.id desc
    limit ${limit + 1}
  `;
  return listRows.parse(rows);
}

function matching(tx: Transaction, word: string) {
  return tx`
    and strpos(lower(translate(concat_ws(' ',
      'см-' || estimates.number_year || '-' || lpad(estimates.number_sequence::text, 4, '0') ||
        coalesce('/д' || estimates.extra_sequence, ''),
      estimates.title, projects.title, projects.address, clients.name,
      array_to_string(clients.phone_numbers, ' ')
    ), 'Ёё', 'Ее')), ${word}) > 0
  `;
}

function headerToColumns(tx: Transaction, header: Header) {
  return {
    title: header.title,
    project_id: header.projectId,
    client_id: header.clientId,
    date: header.date,
    valid_until: header.validUntil,
    vat: tx.json(header.vat),
    discount: header.discount === null ? null : tx.json(encodeDiscount(header.discount)),
    price_kind: header.priceKind,
    payment_terms: header.paymentTerms,
    warranty: header.warranty,
    note: header.note,
    internal_note: header.internalNote,
  };
}

function encodeDiscount(discount: Discount): z.input<typeof discountSchema> {
  return z.encode(discountSchema, discount);
}
