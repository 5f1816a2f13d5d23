import { z } from "zod";
import {
  ACT_STATUSES,
  type ActFields,
  type ActPart,
  actPartSchema,
  type ActSummary,
  type TakenLine,
} from "../domain/acts.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import { formatQuantity } from "../domain/quantity.ts";
import type { Transaction } from "./client.ts";
import { dayColumn, moneyColumn, quantityColumn } from "./columns.ts";
import type { ListPart } from "./paging.ts";

/** More than an act may hold; a guard, not a page. */
const EVERYTHING = 100_000;

const partsSchema = z.array(actPartSchema);

const actRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    number: z.number(),
    status: z.enum(ACT_STATUSES),
    version: z.number(),
    date: dayColumn,
    period_from: dayColumn,
    period_to: dayColumn,
    accepted_by: z.string(),
    total_amount: moneyColumn,
    created_by_name: z.string(),
    signed_at: z.date().nullable(),
    signed_by: z.string().nullable(),
    signed_by_name: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    estimateId: row.estimate_id,
    number: row.number,
    status: row.status,
    version: row.version,
    date: row.date,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    acceptedBy: row.accepted_by,
    total: row.total_amount,
    createdByName: row.created_by_name,
    signedAt: row.signed_at,
    signedById: row.signed_by,
    signedByName: row.signed_by_name,
  }));
const actRows = z.array(actRow);

/** An act without its lines. `total` of a draft is what it came to when it was last changed. */
export type ActState = z.output<typeof actRow>;

function selectActs(tx: Transaction, companyId: Id) {
  return tx`
    select
      acts.id, acts.estimate_id, acts.number, acts.status, acts.version, acts.date,
      acts.period_from, acts.period_to, acts.accepted_by, acts.total_amount,
      creator.name as created_by_name, acts.signed_at, acts.signed_by,
      signer.name as signed_by_name
    from acts
    join users as creator on creator.user_id = acts.created_by
    left join users as signer on signer.user_id = acts.signed_by
    where acts.company_id = ${companyId}
  `;
}

/** A draft at version 1 under the next number of its estimate, which the caller has locked. */
export async function insertAct(
  tx: Transaction,
  companyId: Id,
  act: { id: Id; estimateId: Id; createdBy: Id; createdAt: Date } & ActFields,
): Promise<void> {
  await tx`
    insert into acts (
      company_id, id, estimate_id, number, date, period_from, period_to, accepted_by,
      total_amount, created_by, created_at
    )
    select
      ${companyId}, ${act.id}, ${act.estimateId}, coalesce(max(number), 0) + 1, ${act.date},
      ${act.periodFrom}, ${act.periodTo}, ${act.acceptedBy}, 0, ${act.createdBy}, ${act.createdAt}
    from acts
    where company_id = ${companyId} and estimate_id = ${act.estimateId}
  `;
}

export async function findAct(tx: Transaction, companyId: Id, id: Id): Promise<ActState | null> {
  const [row] = await tx`${selectActs(tx, companyId)} and acts.id = ${id}`;
  return row ? actRow.parse(row) : null;
}

/** Newest first, see `ListPart`. */
export async function listActs(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { before, limit }: ListPart,
): Promise<ActSummary[]> {
  const place = tx`
    and acts.number < (select number from acts where company_id = ${companyId} and id = ${before})
  `;
  const rows = await tx`
    ${selectActs(tx, companyId)} and acts.estimate_id = ${estimateId} ${before ? place : tx``}
    order by acts.number desc
    limit ${limit + 1}
  `;
  return actRows.parse(rows).map(summaryOf);
}

/** Without what only the program itself needs to know. */
export function summaryOf(state: ActState): ActSummary {
  const { signedById: _, ...summary } = state;
  return summary;
}

/** What was frozen when an act was signed. */
export interface SignedAct {
  readonly id: Id;
  readonly number: number;
  readonly date: ActFields["date"];
  readonly parts: readonly ActPart[];
}

const signedRow = z
  .object({ id: z.string(), number: z.number(), date: dayColumn, content: partsSchema })
  .transform(({ content, ...row }): SignedAct => ({ ...row, parts: content }));
const signedRows = z.array(signedRow);

/** The signed acts of an estimate, in the order in which they were signed. */
export async function listSignedActs(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<SignedAct[]> {
  const rows = await tx`
    select id, number, date, content
    from acts
    where company_id = ${companyId} and estimate_id = ${estimateId} and status = 'signed'
    order by signed_at, number
    limit ${limit}
  `;
  return signedRows.parse(rows);
}

const frozenRow = z.object({ content: partsSchema, document: z.string() });

/** Null until it is signed. */
export async function findActContent(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<{ parts: readonly ActPart[]; document: string } | null> {
  const [row] = await tx`
    select content, document
    from acts
    where company_id = ${companyId} and id = ${id} and status <> 'draft'
  `;
  if (!row) return null;
  const found = frozenRow.parse(row);
  return { parts: found.content, document: found.document };
}

const totalRow = z.object({ total: moneyColumn });

/** With VAT, of all signed acts. */
export async function sumSignedActs(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Kopecks> {
  const [row] = await tx`
    select coalesce(sum(total_amount), 0.00)::text as total
    from acts
    where company_id = ${companyId} and estimate_id = ${estimateId} and status = 'signed'
  `;
  return totalRow.parse(row).total;
}

/** Changes a draft; its version grows by one. */
export async function updateAct(
  tx: Transaction,
  companyId: Id,
  id: Id,
  { total, ...fields }: ActFields & { total: Kopecks },
): Promise<void> {
  await tx`
    update acts
    set date = ${fields.date}, period_from = ${fields.periodFrom},
      period_to = ${fields.periodTo}, accepted_by = ${fields.acceptedBy},
      total_amount = ${formatMoney(total)}, version = version + 1
    where company_id = ${companyId} and id = ${id} and status = 'draft'
  `;
}

/** Freezes a draft. */
export async function setActSigned(
  tx: Transaction,
  companyId: Id,
  id: Id,
  signed: { parts: readonly ActPart[]; document: string; total: Kopecks; by: Id; at: Date },
): Promise<void> {
  const content = z.encode(partsSchema, [...signed.parts]);
  await tx`
    update acts
    set status = 'signed', content = ${tx.json(content)}, document = ${signed.document},
      total_amount = ${formatMoney(signed.total)}, signed_by = ${signed.by},
      signed_at = ${signed.at}
    where company_id = ${companyId} and id = ${id} and status = 'draft'
  `;
}

export async function setActCancelled(
  tx: Transaction,
  companyId: Id,
  id: Id,
  { by, at }: { by: Id; at: Date },
): Promise<void> {
  await tx`
    update acts
    set status = 'cancelled', cancelled_by = ${by}, cancelled_at = ${at}
    where company_id = ${companyId} and id = ${id} and status = 'signed'
  `;
}

/** Removes a draft with its lines. */
export async function removeAct(tx: Transaction, companyId: Id, id: Id): Promise<void> {
  await tx`delete from act_lines where company_id = ${companyId} and act_id = ${id}`;
  await tx`delete from acts where company_id = ${companyId} and id = ${id}`;
}

/** Inserts or replaces quantities of a draft; more than there is left is refused (SM002). */
export async function putActLines(
  tx: Transaction,
  companyId: Id,
  actId: Id,
  lines: readonly TakenLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map(({ estimateId, lineId, quantity }) => ({
    estimate_id: estimateId,
    line_id: lineId,
    quantity: formatQuantity(quantity),
  }));
  await tx`
    insert into act_lines (company_id, act_id, estimate_id, line_id, quantity)
    select ${companyId}, ${actId}, estimate_id, line_id, quantity
    from jsonb_to_recordset(${tx.json(rows)}) as given (
      estimate_id uuid, line_id uuid, quantity numeric
    )
    on conflict (company_id, act_id, estimate_id, line_id) do update
    set quantity = excluded.quantity
  `;
}

export async function removeActLines(
  tx: Transaction,
  companyId: Id,
  actId: Id,
  lines: readonly Pick<TakenLine, "estimateId" | "lineId">[],
): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map(({ estimateId, lineId }) => ({
    estimate_id: estimateId,
    line_id: lineId,
  }));
  await tx`
    delete from act_lines as own
    using jsonb_to_recordset(${tx.json(rows)}) as given (estimate_id uuid, line_id uuid)
    where own.company_id = ${companyId} and own.act_id = ${actId}
      and own.estimate_id = given.estimate_id and own.line_id = given.line_id
  `;
}

/** A quantity in an act that is not cancelled. */
export interface ActQuantity extends TakenLine {
  readonly actId: Id;
  readonly isSigned: boolean;
}

const quantityRow = z
  .object({
    act_id: z.string(),
    estimate_id: z.string(),
    line_id: z.string(),
    quantity: quantityColumn,
    is_signed: z.boolean(),
  })
  .transform((row): ActQuantity => ({
    actId: row.act_id,
    estimateId: row.estimate_id,
    lineId: row.line_id,
    quantity: row.quantity,
    isSigned: row.is_signed,
  }));
const quantityRows = z.array(quantityRow);

/** Of all acts of an estimate, its drafts included. */
export async function listActQuantities(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<ActQuantity[]> {
  const rows = await tx`
    select
      act_lines.act_id, act_lines.estimate_id, act_lines.line_id, act_lines.quantity,
      acts.status = 'signed' as is_signed
    from acts
    join act_lines on act_lines.company_id = acts.company_id and act_lines.act_id = acts.id
    where acts.company_id = ${companyId} and acts.estimate_id = ${estimateId}
      and acts.status <> 'cancelled'
    limit ${EVERYTHING}
  `;
  return quantityRows.parse(rows);
}

const foundRow = z.object({ found: z.boolean() });

/** Whether anything of an estimate or extra is in an act that is not cancelled. */
export async function hasActs(tx: Transaction, companyId: Id, estimateId: Id): Promise<boolean> {
  const [row] = await tx`
    select exists (
      select
      from acts
      where acts.company_id = ${companyId} and acts.estimate_id = ${estimateId}
        and acts.status <> 'cancelled'
    ) or exists (
      select
      from act_lines
      join acts on acts.company_id = act_lines.company_id and acts.id = act_lines.act_id
      where act_lines.company_id = ${companyId} and act_lines.estimate_id = ${estimateId}
        and acts.status <> 'cancelled'
    ) as found
  `;
  return foundRow.parse(row).found;
}
